// A machine that logs every call and returns the test's values. It mounts and starts nothing; only files are real.
import type {
  CollectFacts,
  Features,
  Files,
  Machine,
  Meters,
  Mounts,
  WindowTotals,
} from '../../../harness/model/machine.ts';
import { FEATURE_IDS } from '../../../harness/sys/features/registry.ts';
import { stepwiseFiles as files } from '../sys/support.ts';
import type { FakeClock } from './clock.ts';

export interface MachineScript {
  readonly clock: FakeClock;
  /** Nanoseconds that a call takes, by its name in the log; default 0. */
  readonly costNs: Record<string, number>;
  /** Type of each mount by path. */
  readonly types: Map<string, string>;
  readonly processCpuNs: Map<number, number>;
  cpu: { userNs: number; systemNs: number };
  windows: WindowTotals;
  requestCounters: string | null;
  calls: ReturnType<Meters['callCounter']>;
  /** What a collection returns. */
  collected: CollectFacts | null;
}

export interface RecordingMachine {
  readonly machine: Machine;
  /** Every call as `name argument argument …`. */
  readonly log: string[];
  readonly script: MachineScript;
}

export const allFeatures = Object.fromEntries(
  FEATURE_IDS.map((id) => [id, { ok: true, detail: 'assumed', hint: '' }]),
) as Features;

const unscripted = (name: string) => (): never => {
  throw new Error(`unexpected call of ${name}`);
};

const shown = (given: readonly unknown[]): string =>
  given.map((one) => (Array.isArray(one) ? one.join(' ') : String(one))).join(' ');

export const recordingMachine = (clock: FakeClock): RecordingMachine => {
  const log: string[] = [];
  const script: MachineScript = {
    clock,
    costNs: {},
    types: new Map(),
    processCpuNs: new Map(),
    cpu: { userNs: 0, systemNs: 0 },
    windows: { ns: 0, count: 0, outsideCount: 0 },
    requestCounters: null,
    calls: { source: 'bpf', snapshot: () => new Map(), close() {} },
    collected: null,
  };
  /** Logs each call of the methods and advances the clock by its cost. */
  const logged = <T extends object>(methods: T): T =>
    Object.fromEntries(
      Object.entries(methods).map(([name, method]) => [
        name,
        typeof method !== 'function'
          ? method
          : (...given: unknown[]) => {
              log.push(`${name} ${shown(given)}`.trim());
              clock.advance(script.costNs[name] ?? 0);
              return (method as (...all: unknown[]) => unknown)(...given);
            },
      ]),
    ) as T;

  const realFiles: Files = logged({ ...files, syncfs() {}, enableVerity: () => false });
  const mounts: Mounts = logged({
    create: unscripted('create'),
    clone: unscripted('clone'),
    attach: unscripted('attach'),
    unmount(at: string) {
      script.types.delete(at);
    },
    loop: unscripted('loop'),
    deviceName: unscripted('deviceName'),
    loopFree: () => true,
    superblockAt: unscripted('superblockAt'),
    superblockFree: () => null,
    async removeNewLoops() {},
    abortFuse: () => false,
    isMount: (path: string) => script.types.has(path),
    typeAt: (path: string) => script.types.get(path) ?? null,
  });
  const meters: Meters = logged({
    kernelMemory: unscripted('kernelMemory'),
    processMemory: () => null,
    cpu: () => ({ ...script.cpu }),
    processCpuNs: (pid: number) => script.processCpuNs.get(pid) ?? null,
    waitForIdle: () => [],
    callCounter: () => script.calls,
    callRecorder: unscripted('callRecorder'),
    cachedBytes: () => 0,
    windows: () => ({ ...script.windows }),
    memoryGroup: unscripted('memoryGroup'),
  });
  const rest = logged({
    calls: unscripted('calls'),
    settled: () => true,
    serve: unscripted('serve'),
    servers: { lost: () => [], abort() {} },
    async command() {},
    fileSystem: unscripted('fileSystem'),
    waitFor: (condition: () => boolean) => condition(),
  });
  const machine: Machine = {
    features: allFeatures,
    meters,
    files: realFiles,
    mounts,
    windowKind: 'one call',
    get requestCounters() {
      return script.requestCounters;
    },
    ...rest,
  };
  return { machine, log, script };
};
