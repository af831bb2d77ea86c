// All that backends, probes and scenarios may ask of the machine, joined.

import { join } from 'node:path';
import type { Features, Files, Machine, Meters } from '../model/machine.ts';
import { batchFiles } from './batch-files.ts';
import { makeCalls } from './call-list.ts';
import { nowNs } from './clock.ts';
import { runCommand, streams } from './commands.ts';
import { openCallCounter } from './counter.ts';
import { makeFileSystem } from './file-systems.ts';
import { files } from './files.ts';
import { abortFuse } from './fuse-abort.ts';
import { waitForIdle } from './idle.ts';
import { kernelMemory, processMemory } from './kernel-memory.ts';
import { makeMemoryGroup } from './memory-group.ts';
import { mounts } from './mounts.ts';
import { type OwnThreadCounter, tellOwnWorkApart } from './own-thread.ts';
import { pauseOf } from './pause.ts';
import { cachedBytes } from './residency.ts';
import { type RunningServer, startServer } from './servers.ts';
import { settled } from './settled.ts';
import { resolvePrograms } from './spawn.ts';
import type { StraceCounter } from './strace.ts';
import { windowKind } from './timed.ts';
import { cpuUsage, processCpuNs } from './usage.ts';
import { windows } from './windows.ts';

/** Whoever opens a slot hears of every process that is started in it. */
export interface Hooks {
  childStarted?(actor: string, pid: number): void;
  childEnded?(actor: string, pid: number): void;
  serverStarted?(actor: string, server: RunningServer): void;
}

export interface MachineOptions {
  /** Folder for logs, outside of what is measured. */
  readonly scratch: string;
  readonly hooks?: Hooks;
  readonly requestCounters?: string | null;
  readonly serverLimitMs?: number;
  /** Asked before each command that brings no limit of its own. */
  readonly commandLimitMs?: () => number;
  /** Other work of this process goes on while a command runs: where nothing is timed or counted. One command at a time. */
  readonly yields?: boolean;
}

const SERVER_LIMIT_MS = 10_000;
const POLL_NS = 20_000;
/** Looked up before anything is timed or counted. */
const PROGRAMS = [
  'tar',
  'rm',
  'cp',
  'sha256sum',
  'ls',
  'cat',
  'stat',
  'find',
  'true',
  'mount.composefs',
  'composefs-fuse',
];

const pause = pauseOf(POLL_NS);

/** Calls made one by one have no clock of their own. */
const noted = <T extends object>(methods: T): T =>
  Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      typeof method !== 'function'
        ? method
        : (...given: unknown[]) => {
            windows.outsideCount++;
            return method.apply(methods, given);
          },
    ]),
  ) as T;

/** What a list can do is a window of its own. */
const outside: Files = {
  ...noted(files),
  mkdir: (path, mode) => makeCalls((list) => list.mkdir(path, mode)),
  rmdir: (path) => makeCalls((list) => list.rmdir(path)),
  unlink: (path) => makeCalls((list) => list.unlink(path)),
  rename: (from, to) => makeCalls((list) => list.rename(from, to)),
  batch: batchFiles,
  writeNew: (path, bytes) => makeCalls((list) => list.writeNew(path, bytes)),
};

const poll = (condition: () => boolean, limitMs: number): boolean => {
  const untilNs = nowNs() + limitMs * 1e6;
  for (;;) {
    if (condition()) return true;
    if (nowNs() >= untilNs) return false;
    pause();
  }
};

export const createMachine = (features: Features, options: MachineOptions): Machine => {
  const { scratch, hooks = {} } = options;
  streams();
  resolvePrograms(PROGRAMS);
  let serverCount = 0;
  let tracer: StraceCounter | null = null;
  let waiting: OwnThreadCounter | null = null;

  const meters: Meters = {
    cpu: cpuUsage,
    kernelMemory,
    processMemory,
    processCpuNs,
    waitForIdle,
    cachedBytes,
    windows: () => ({ ...windows }),
    memoryGroup: makeMemoryGroup,
    callCounter() {
      const counter = openCallCounter(features, scratch);
      const apart = tellOwnWorkApart(counter);
      tracer = 'wrap' in counter ? counter : null;
      waiting = apart;
      return {
        ...apart,
        close() {
          tracer = null;
          waiting = null;
          apart.close();
        },
      };
    },
  };

  const aside = <T>(wait: () => T): T => (waiting === null ? wait() : waiting.aside(wait));

  const waitFor: Machine['waitFor'] = (condition, limitMs) => {
    windows.outsideCount++;
    return aside(() => poll(condition, limitMs));
  };

  const command: Machine['command'] = async (actor, argv, given = {}) => {
    windows.outsideCount++;
    const traced = tracer?.wrap(argv) ?? null;
    await runCommand(traced?.argv ?? argv, {
      ...(options.commandLimitMs === undefined ? {} : { timeoutMs: options.commandLimitMs() }),
      ...given,
      yields: options.yields ?? false,
      onSpawn(started) {
        hooks.childStarted?.(actor, started);
      },
      onExit(ended) {
        traced?.ended(ended);
        hooks.childEnded?.(actor, ended);
      },
    });
  };

  return {
    features,
    meters,
    files: outside,
    mounts: { ...mounts, abortFuse },
    windowKind,
    calls: makeCalls,
    settled: (until, limitMs) => aside(() => settled(until, { pauseNs: POLL_NS, limitMs, poll })),
    requestCounters: options.requestCounters ?? null,
    serve(actor, argv, ready) {
      const log = join(scratch, `server-${process.pid}-${serverCount++}.log`);
      const limitMs = options.serverLimitMs ?? SERVER_LIMIT_MS;
      const awaitReady =
        ready === undefined
          ? {}
          : {
              awaitReady: (ended: () => boolean) => waitFor(() => ready() || ended(), limitMs) && ready(),
            };
      windows.outsideCount++;
      const server = startServer({ argv, log, limitMs, ...awaitReady });
      hooks.serverStarted?.(actor, server);
      const { pid, exited, sendCommand, close } = server;
      return { pid, ...noted({ exited, sendCommand, close }) };
    },
    command,
    fileSystem: (type, dir) => makeFileSystem(type, dir, command),
    waitFor,
  };
};
