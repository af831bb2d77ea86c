// The machine: joins the parts of this folder.

import type { Features, Files, Machine, Meters, StartedServers } from '../model/machine.ts';
import { batchFiles } from './batch-files.ts';
import { openBpfRecorder } from './bpf-recorder.ts';
import { makeCalls } from './call-list.ts';
import { nowNs } from './clock.ts';
import { openCommandStreams, runCommand } from './commands.ts';
import { openCallCounter } from './counter.ts';
import { makeFileSystem } from './file-systems.ts';
import { files } from './files.ts';
import { abortFuse, abortFuseBelow } from './fuse-abort.ts';
import { patience } from './guest.ts';
import { waitForIdle } from './idle.ts';
import { kernelMemory, processMemory } from './kernel-memory.ts';
import { giveLogBack, prepareLog, takeLog } from './logs.ts';
import { deviceNames } from './mapper-devices.ts';
import { makeMemoryGroup } from './memory-group.ts';
import { mounts } from './mounts.ts';
import { type OwnThreadCounter, separateOwnWork } from './own-thread.ts';
import { pauseOf } from './pause.ts';
import { signalProcess } from './processes.ts';
import { cachedBytes } from './residency.ts';
import { type RunningServer, SERVER_LIMIT_MS, startServer } from './servers.ts';
import { settled } from './settled.ts';
import { resolvePrograms } from './spawn.ts';
import type { StraceCounter } from './strace.ts';
import { windowKind } from './timed.ts';
import { cpuUsage, processCpuNs } from './usage.ts';
import { windows } from './windows.ts';

/** Called for every process that a slot starts. */
interface MachineHooks {
  childStarted?(actor: string, pid: number): void;
  childEnded?(actor: string, pid: number): void;
  serverStarted?(actor: string, server: RunningServer): void;
}

interface MachineOptions {
  /** Folder for files that are written outside of timed windows. */
  readonly scratch: string;
  readonly hooks?: MachineHooks;
  readonly requestCounters?: string | null;
  /** The default time limit, read before each command. */
  readonly commandLimitMs?: () => number;
  /**
   * The work folder of the run: names of devices are made from its name, and FUSE connections of mounts below it are aborted at a limit.
   * Absent: servers are killed.
   */
  readonly workDir?: string;
  /** Let other work of this process continue while a command runs, if nothing is timed or counted. One command at a time. */
  readonly yields?: boolean;
}

const SIGKILL = 9;
const POLL_NS = 20_000;
/** Programs to look up before anything is timed or counted. */
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
  'ostree',
];

const pause = pauseOf(POLL_NS);

/** Counts each call of a method as an operation outside windows. */
const countedOutside = <T extends object>(methods: T): T =>
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

/** Operations that are call lists are windows of their own. */
export const machineFiles: Files = {
  ...countedOutside(files),
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

/** The parts of the open call counter, if any, that waits and commands must use. */
interface OpenCounter {
  strace: StraceCounter | null;
  ownThread: OwnThreadCounter | null;
}

const createMeters = (features: Features, scratch: string, open: OpenCounter): Meters => ({
  cpu: cpuUsage,
  kernelMemory,
  processMemory,
  processCpuNs,
  waitForIdle,
  cachedBytes,
  windows: () => ({ ...windows }),
  memoryGroup: makeMemoryGroup,
  callRecorder: () => openBpfRecorder(),
  callCounter() {
    const counter = openCallCounter(features, scratch);
    const ownThread = separateOwnWork(counter);
    open.strace = 'wrap' in counter ? counter : null;
    open.ownThread = ownThread;
    return {
      ...ownThread,
      close() {
        open.strace = null;
        open.ownThread = null;
        ownThread.close();
      },
    };
  },
});

const createCommand =
  (
    { hooks = {}, commandLimitMs, yields = false }: MachineOptions,
    open: OpenCounter,
    servers: StartedServers,
  ): Machine['command'] =>
  async (actor, argv, given = {}) => {
    windows.outsideCount++;
    const traced = open.strace?.wrap(argv) ?? null;
    await runCommand(traced?.argv ?? argv, {
      ...(commandLimitMs === undefined ? {} : { timeoutMs: commandLimitMs() }),
      ...given,
      yields,
      beforeKill: () => servers.abort(),
      onSpawn: (pid) => hooks.childStarted?.(actor, pid),
      onExit(pid) {
        traced?.exited(pid);
        hooks.childEnded?.(actor, pid);
      },
    });
  };

interface NamedServer {
  readonly actor: string;
  readonly log: number;
  readonly server: RunningServer;
}

const startedServers = ({ workDir }: MachineOptions, started: NamedServer[]): StartedServers => ({
  lost() {
    const lost: string[] = [];
    for (const one of started.splice(0)) {
      const { actor, log, server } = one;
      if (!server.exited(0)) {
        started.push(one);
        continue;
      }
      const how = server.lost();
      if (how !== null) lost.push(`the server ${actor} ${how}`);
      giveLogBack(log);
    }
    return lost;
  },
  abort(dir = workDir) {
    try {
      if (dir !== undefined) {
        abortFuseBelow(dir);
        return;
      }
    } catch {
      // A user namespace has no abort control; the end of a server ends its connections.
    }
    for (const { server } of started) if (!server.exited(0)) signalProcess(server.pid, SIGKILL);
  },
});

/** The log of a server that did not start is another one's. */
const startLogged = (start: Omit<Parameters<typeof startServer>[0], 'log'>) => {
  const log = takeLog();
  try {
    return { log, server: startServer({ ...start, log }) };
  } catch (error) {
    giveLogBack(log);
    throw error;
  }
};

const createServe =
  ({ hooks = {} }: MachineOptions, waitFor: Machine['waitFor'], started: NamedServer[]): Machine['serve'] =>
  (actor, argv, ready) => {
    windows.outsideCount++;
    const logged = startLogged({
      argv,
      limitMs: SERVER_LIMIT_MS,
      ...(ready !== undefined && {
        awaitReady: (exited) => waitFor(() => ready() || exited(), SERVER_LIMIT_MS) && ready(),
      }),
    });
    const { server } = logged;
    started.push({ actor, ...logged });
    hooks.serverStarted?.(actor, server);
    const { pid, exited, sendCommand, close } = server;
    return { pid, ...countedOutside({ exited, sendCommand, close }) };
  };

export const createMachine = (features: Features, options: MachineOptions): Machine => {
  openCommandStreams();
  prepareLog();
  resolvePrograms(PROGRAMS);
  const open: OpenCounter = { strace: null, ownThread: null };
  const uncounted = <T>(wait: () => T): T =>
    open.ownThread === null ? wait() : open.ownThread.exclude(wait);
  const waitFor: Machine['waitFor'] = (condition, limitMs) => {
    windows.outsideCount++;
    return uncounted(() => poll(condition, limitMs * patience));
  };
  const started: NamedServer[] = [];
  const servers = startedServers(options, started);
  const command = createCommand(options, open, servers);
  return {
    features,
    meters: createMeters(features, options.scratch, open),
    files: machineFiles,
    mounts: { ...mounts, abortFuse, deviceName: deviceNames(options.workDir ?? '') },
    windowKind,
    calls: makeCalls,
    settled: (until, limitMs) =>
      uncounted(() => settled(until, { pauseNs: POLL_NS, limitMs: limitMs * patience, poll })),
    requestCounters: options.requestCounters ?? null,
    serve: createServe(options, waitFor, started),
    servers,
    command,
    fileSystem: (type, dir) => makeFileSystem(type, dir, command),
    waitFor,
  };
};
