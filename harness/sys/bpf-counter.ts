// Counts system calls by process and name in the kernel.
//
// Needs:   CAP_BPF and CAP_PERFMON in the initial user namespace; Linux 5.7; a kernel with BPF and tracepoints.
// Does:    loads five programs, attaches two of them to each of the raw tracepoints sched_process_exec and sys_enter, and one to
//          sched_process_exit.
// Error:   exact; after one lost count every snapshot throws.
// Cost:    about 0.1 s of CPU time to open the first time, then 15 ms; 0.1 us per system call; 0.1 ms per snapshot.
// Leaves:  one detached set of maps and programs for the next counter, freed at the exit of this process.
import { UserError } from '../model/errors.ts';
import type { CallCounter, CallSnapshot } from '../model/machine.ts';
import {
  attachTracepoint,
  type CountHash,
  countHash,
  createMap,
  loadProgram,
  MAP_TYPE_ARRAY,
  MAP_TYPE_HASH,
  missedRuns,
  readArray,
} from './bpf.ts';
import {
  CALL_LIMIT,
  CLOSED,
  countingProgram,
  EXECUTED,
  execProgram,
  exitProgram,
  KEY_BYTES,
  MARKS,
  OTHER_THREAD,
} from './bpf-programs.ts';
import { files } from './files.ts';
import { ESRCH, errnoName } from './libc.ts';
import { ownNamespace } from './own-namespace.ts';
import { pauseOf } from './pause.ts';
import { callName, callNumber } from './syscall-names.ts';

/** A collection among 1,000 unpacked images has about 40,000 pairs; 5 MB. A reading takes 0.2 ms. */
const MAX_KEYS = 65_536;

/** Calls that never return: strace does not count them either. */
const NEVER_RETURN: ReadonlySet<string> = new Set(['exit', 'exit_group']);

/** A call of another task can be between the two programs at the moment of a reading: then its balance is even a little later. */
const READINGS = 20;
const pause = pauseOf(1e6);

/** Since loading. */
interface Skips {
  /** Calls for which the kernel did not run the first program. */
  readonly skippedCount: number;
  /** Of these, calls that the second program counted. */
  readonly caughtCount: number;
  /** Starts of programs for which the kernel did not run the first program there, and for which it did not run the second. */
  readonly execCounts: readonly [first: number, second: number];
  /** Counts that could not be written. */
  readonly unwrittenCount: number;
  /** Why the last one of them could not. */
  readonly errno: number;
}

interface AttachedProgram {
  readonly fd: number;
  readonly point: string;
  /** The first of those that count. */
  readonly isFirst: boolean;
}

/** Loaded maps and programs without an attachment: loading takes the time, so counters reuse them. */
interface LoadedPrograms {
  readonly counts: CountHash;
  /** In the order in which they are attached. */
  readonly programs: readonly AttachedProgram[];
  skips(): Skips;
  close(): void;
}

const loadAll = (): LoadedPrograms => {
  const open: number[] = [];
  const keep = (fd: number): number => {
    open.push(fd);
    return fd;
  };
  const close = (): void => {
    for (let fd = open.pop(); fd !== undefined; fd = open.pop()) files.close(fd);
  };
  try {
    const countsFd = keep(createMap(MAP_TYPE_HASH, KEY_BYTES, 8, MAX_KEYS));
    const lostFd = keep(createMap(MAP_TYPE_ARRAY, 4, 8, 2));
    const marksFd = keep(createMap(MAP_TYPE_ARRAY, 4, 8, MARKS));
    const caughtFd = keep(createMap(MAP_TYPE_ARRAY, 4, 8, 1));
    const closedFd = keep(createMap(MAP_TYPE_ARRAY, 4, 8, MARKS));
    const parts = {
      ...{ countsFd, lostFd, marksFd, caughtFd, closedFd },
      namespace: ownNamespace(),
      execveNumber: callNumber('execve'),
    };
    const load = (program: Buffer): number => keep(loadProgram(program));
    const execs = [load(execProgram(parts)), load(execProgram(parts))] as const;
    const exit = load(exitProgram(parts));
    const first = load(countingProgram(parts, 'first'));
    const second = load(countingProgram(parts, 'second'));
    return {
      counts: countHash(countsFd),
      // exec first: no process may be counted from a time before its exec.
      programs: [
        { fd: exit, point: 'sched_process_exit', isFirst: false },
        ...execs.map((fd) => ({ fd, point: 'sched_process_exec', isFirst: false })),
        ...[first, second].map((fd) => ({ fd, point: 'sys_enter', isFirst: fd === first })),
      ],
      skips() {
        const caughtCount = readArray(caughtFd);
        return {
          skippedCount: missedRuns(first),
          caughtCount,
          execCounts: [missedRuns(execs[0]), missedRuns(execs[1])],
          unwrittenCount: readArray(lostFd),
          errno: -(readArray(lostFd, 1) | 0),
        };
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
};

/** Programs of the previous counter. */
let spare: LoadedPrograms | null = null;

const takeLoaded = (): LoadedPrograms => {
  const loaded = spare ?? loadAll();
  spare = null;
  loaded.counts.clear();
  return loaded;
};

const recycle = (loaded: LoadedPrograms): void => {
  if (spare === null) spare = loaded;
  else loaded.close();
};

const attach = (programs: LoadedPrograms['programs']): (() => void) => {
  const attached: number[] = [];
  const detach = (): void => {
    for (let fd = attached.pop(); fd !== undefined; fd = attached.pop()) files.close(fd);
  };
  try {
    for (const { fd, point } of programs) attached.push(attachTracepoint(fd, point));
    return detach;
  } catch (error) {
    detach();
    throw error;
  }
};

const callsByProcess = (counts: CountHash): CallSnapshot => {
  const processes = new Map<
    number,
    { readonly main: Map<string, number>; readonly otherThreads: Map<string, number> }
  >();
  counts.read((call, count, pid) => {
    if ((call & (EXECUTED | CLOSED)) !== 0) return;
    const number = call & ~OTHER_THREAD;
    const name = number === CALL_LIMIT ? 'unknown' : callName(number);
    if (NEVER_RETURN.has(name)) return;
    let calls = processes.get(pid);
    if (calls === undefined) {
      calls = { main: new Map(), otherThreads: new Map() };
      processes.set(pid, calls);
    }
    ((call & OTHER_THREAD) === 0 ? calls.main : calls.otherThreads).set(name, count);
  });
  return processes;
};

const since = (before: Skips, now: Skips): Skips => ({
  skippedCount: now.skippedCount - before.skippedCount,
  caughtCount: now.caughtCount - before.caughtCount,
  execCounts: [now.execCounts[0] - before.execCounts[0], now.execCounts[1] - before.execCounts[1]],
  unwrittenCount: now.unwrittenCount - before.unwrittenCount,
  errno: now.errno,
});

/** Null: every call has been counted once. */
const lossOf = (skips: Skips): readonly string[] | null => {
  const { skippedCount, caughtCount, execCounts, unwrittenCount, errno } = skips;
  // A start that neither program saw is in both numbers.
  if (skippedCount === caughtCount && Math.min(...execCounts) === 0 && unwrittenCount === 0) return null;
  return [
    `skipped by the kernel: ${skippedCount}, of these counted by the second program: ${caughtCount}`,
    `starts of programs skipped for the first and for the second program: ${execCounts.join(', ')}`,
    `not written: ${unwrittenCount}${unwrittenCount === 0 ? '' : ` (${errno === ESRCH ? 'the id of an ended process was used again' : errnoName(errno)})`}; capacity: ${MAX_KEYS} pairs of process and call`,
  ];
};

export interface BpfCounter extends CallCounter {
  /** Since it was opened. */
  skips(): Skips;
  /** As `snapshot`, also after a lost count. */
  calls(): CallSnapshot;
}

/** `withoutFirst`: as if the kernel skipped the first program at every call, and did not say so. */
export const openBpfCounter = ({ withoutFirst = false } = {}): BpfCounter => {
  const loaded = takeLoaded();
  try {
    const before = loaded.skips();
    const detach = attach(loaded.programs.filter(({ isFirst }) => !(withoutFirst && isFirst)));
    let isOpen = true;
    let loss: readonly string[] | null = null;
    const skips = (): Skips => since(before, loaded.skips());
    return {
      source: 'bpf',
      close() {
        if (!isOpen) return;
        isOpen = false;
        detach();
        recycle(loaded);
      },
      skips,
      calls: () => callsByProcess(loaded.counts),
      snapshot() {
        const calls = callsByProcess(loaded.counts);
        for (let reading = 0; loss === null && lossOf(skips()) !== null; reading++)
          if (reading < READINGS) pause();
          else loss = lossOf(skips());
        if (loss !== null)
          throw new UserError('the BPF counter lost system calls', {
            exit: 5,
            code: 'lost-counts',
            facts: loss,
          });
        return calls;
      },
    };
  } catch (error) {
    loaded.close();
    throw error;
  }
};
