// A machine that records the steps of a backend in a life, for worker processes, instead of making them.
//
// Does:    while it records, every list of calls, command, server and wait becomes a step. Else it is the machine that it was made
//          from, except that a server for all mounts is never started: the workers' process starts it.
// Error:   a backend that decides by a result of its own calls, such as the number of a loop device, or that makes calls one by one, such
//          as a copy in pieces, cannot be recorded: skipped.
// Leaves:  nothing.
import { existsSync } from 'node:fs';
import type { CallList } from '../model/calls.ts';
import { UserError } from '../model/errors.ts';
import type { LifePhase, Start } from '../model/lives.ts';
import type { BatchFiles, Files, Machine, Server, SettleCondition } from '../model/machine.ts';
import { CallListBuilder } from './call-list.ts';
import { ENOENT, fail, NR } from './libc.ts';
import type { ListedCall } from './listed-call.ts';
import { SERVER_LIMIT_MS } from './servers.ts';
import { settledCalls } from './settled.ts';
import { startCalls } from './start-calls.ts';
import { AT_FDCWD, STATX_BYTES } from './statx.ts';

type Made =
  | { readonly kind: 'run'; readonly calls: readonly ListedCall[] }
  | { readonly kind: 'wait'; readonly calls: readonly ListedCall[]; readonly limitMs: number }
  | { readonly kind: 'command'; readonly argv: readonly string[] }
  | {
      readonly kind: 'serve';
      readonly argv: readonly string[];
      readonly server: number;
      readonly limitMs: number;
    }
  | { readonly kind: 'exited'; readonly server: number; readonly limitMs: number }
  | { readonly kind: 'message'; readonly words: readonly string[] }
  | { readonly kind: 'remove'; readonly path: string };

export type RecordedStep = Made & { readonly phase: LifePhase };

/** The mark of a path that differs between workers, and the folder that replaces it while paths are looked up. */
export const WORKER_MARK = 'worker-@@';
export const workerFolder = (number: number): string => `worker-${String(number).padStart(2, '0')}`;

export interface Recorder {
  readonly machine: Machine;
  /** The server for all mounts, if the backend started one when it prepared. */
  sharedServer(): readonly string[] | null;
  record(phase: LifePhase, work: () => unknown): Promise<void>;
  /** Records the steps of a start below `root`. */
  use(root: string, start: Start): void;
  /** The steps since the last call. */
  take(): readonly RecordedStep[];
}

const cannot = (what: string): never => {
  throw new UserError(`workers cannot make a life of this backend: it needs ${what}`, { code: 'skip' });
};

const statCall = (path: string, isThere: boolean): ListedCall => ({
  number: NR.statx,
  args: [AT_FDCWD, path, 0, 0, Buffer.alloc(STATX_BYTES)],
  ...(isThere ? {} : { wanted: ENOENT }),
  onFailure: (errno) => fail('statx', { facts: [path] }, errno),
});

/** Steps of the life that is being recorded, and the phase that runs; null: nothing is recorded. */
interface Recording {
  phase: LifePhase | null;
  steps: RecordedStep[];
  serverCount: number;
  shared: readonly string[] | null;
}

type Add = (made: Made) => void;

/** The methods of `real`; while something is recorded, those of `recording` in their place, also for who has taken a method before. */
const switching = <T extends object>(real: T, recording: Partial<T>, isRecording: () => boolean): T =>
  new Proxy(real, {
    get(target, name) {
      const [plain, other] = [Reflect.get(target, name), Reflect.get(recording, name)];
      if (typeof plain !== 'function' || typeof other !== 'function') return other ?? plain;
      return (...given: unknown[]) => Reflect.apply(isRecording() ? other : plain, target, given);
    },
  });

/** Made one by one, calls would be made at once, in a folder that no worker has. */
const refusing = (files: Files): Partial<Files> =>
  Object.fromEntries(
    Object.entries(files)
      .filter(([, method]) => typeof method === 'function')
      .map(([name]) => [name, () => cannot(`${name} as a call of its own`)]),
  );

const recordingFiles = (
  files: Files,
  { add, calls, isRecording }: { add: Add; calls: Machine['calls']; isRecording: () => boolean },
): Files => {
  const removal: Partial<BatchFiles> = {
    removeTree: (path) => add({ kind: 'remove', path }),
    makeTree: () => cannot('a tree made by system calls'),
  };
  const recorded: Partial<Files> = {
    mkdir: (path, mode) => calls((list) => list.mkdir(path, mode)),
    rmdir: (path) => calls((list) => list.rmdir(path)),
    unlink: (path) => calls((list) => list.unlink(path)),
    rename: (from, to) => calls((list) => list.rename(from, to)),
    writeNew: (path, bytes) => calls((list) => list.writeNew(path, bytes)),
    exists(path) {
      const isThere = existsSync(path.replaceAll(WORKER_MARK, workerFolder(0)));
      add({ kind: 'run', calls: [statCall(path, isThere)] });
      return isThere;
    },
    ...(files.batch === null ? {} : { batch: switching(files.batch, removal, isRecording) }),
  };
  return switching(files, { ...refusing(files), ...recorded }, isRecording);
};

const recordedServer = (recording: Recording, add: Add, number: number): Server => ({
  pid: -1,
  sendCommand(words) {
    add({ kind: 'message', words });
    return 'ok';
  },
  exited(limitMs) {
    if (recording.phase !== null) add({ kind: 'exited', server: number, limitMs });
    return true;
  },
  close() {},
});

export const createRecorder = (real: Machine): Recorder => {
  const recording: Recording = { phase: null, steps: [], serverCount: 0, shared: null };
  const add: Add = (made) => {
    if (recording.phase === null) throw new Error('a step outside the phases of a life');
    recording.steps.push({ ...made, phase: recording.phase });
  };
  const recordCalls = <T>(build: (list: CallList) => T): T => {
    const list = new CallListBuilder();
    const built = build(list);
    if (list.afterwards.length > 0) cannot('the number of a loop device');
    if (list.calls.length > 0) add({ kind: 'run', calls: list.calls });
    return built;
  };
  const isRecording = (): boolean => recording.phase !== null;
  const serve: Machine['serve'] = (_actor, argv, ready) => {
    if (ready !== undefined) cannot('a server that does not report when it is ready');
    const number = recording.serverCount++;
    if (isRecording()) add({ kind: 'serve', argv, server: number, limitMs: SERVER_LIMIT_MS });
    else recording.shared = argv;
    return recordedServer(recording, add, number);
  };
  const recorded: Partial<Machine> = {
    calls: recordCalls,
    settled(until: SettleCondition, limitMs) {
      add({ kind: 'wait', calls: settledCalls(until), limitMs });
      return true;
    },
    waitFor: () => cannot('a wait of its own'),
    async command(_actor, argv) {
      add({ kind: 'command', argv });
    },
  };
  const machine: Machine = {
    ...switching(real, recorded, isRecording),
    serve,
    files: recordingFiles(real.files, { add, calls: recordCalls, isRecording }),
  };
  return {
    machine,
    sharedServer: () => recording.shared,
    async record(phase, work) {
      recording.phase = phase;
      try {
        await work();
      } finally {
        recording.phase = null;
      }
    },
    use(root, start) {
      recording.phase = 'use';
      add({ kind: 'run', calls: startCalls(root, start) });
      recording.phase = null;
    },
    take() {
      recording.serverCount = 0;
      return recording.steps.splice(0);
    },
  };
};
