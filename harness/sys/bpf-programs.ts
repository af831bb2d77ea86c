// The BPF programs behind the ledger.
//
// Does:    at every sys_enter of a process in one PID namespace: counts[process id, thread, call] += 1.
//          At the first exec after a fork: deletes the counts of the process, so that its ledger begins at the exec, as with strace.
//          When the main thread of a process ends: closes the process. Its id may soon be that of another one: calls of a process of
//          another namespace are then not counted, and one of this namespace is a lost count.
// Error:   exact. A count that could not be written is counted as lost; one lost count invalidates the ledger.
//          Requests through io_uring do not pass sys_enter.
// Cost:    about 0.1 us per system call; 1.1 times the run time of `ls -lR`.
// Source:  include/trace/events/sched.h, sched_process_exec; kernel/trace/bpf_trace.c, __bpf_trace_run.
//
// From 7.0 on the kernel can preempt a program, and does not run it for other tasks of that CPU until it has ended: their calls would
// have no count. So two programs count, one after the other: the first one marks the thread, and the second one counts the call if
// there is no mark. The kernel tells how often it did not run the first one; as many calls must have been counted by the second.
import { type Assembler, assembler, type Register } from './bpf-assembler.ts';
import { type PidNamespace, readIdsOrEnd } from './bpf-namespace.ts';
import { ENOENT, ESRCH } from './libc.ts';

const HELPER_LOOKUP = 1;
const HELPER_UPDATE = 2;
const HELPER_DELETE = 3;
const HELPER_PID_TGID = 14;
/** Flag of an update. */
const NO_EXIST = 1;

/** All numbers from here on are counted under this number. */
export const CALL_LIMIT = 511;
/** Flag in a key: a thread other than the main thread. */
export const OTHER_THREAD = 1 << 16;
/** Flag in a key: this process has called exec since its fork. */
export const EXECUTED = 1 << 17;
/** Flag in a key: the main thread of this process has ended. */
export const CLOSED = 1 << 18;

export const KEY_BYTES = 8;
/** Threads whose ids have the same lower bits share a mark: calls at the same moment would be counted twice, which shows as well. */
const MARK_BITS = 16;
export const MARKS = 1 << MARK_BITS;
/** A value holds the count in its lower half and the namespace's process id above. */
const COUNT_BITS = 32;

interface ProgramParts {
  readonly countsFd: number;
  /** Number of counts that could not be written, and the answer to the last of these updates; ESRCH: the id of an ended process was used again. */
  readonly lostFd: number;
  /** Ids of threads whose call the first program has counted, by their lower bits. */
  readonly marksFd: number;
  /** Number of calls for which the second program found no mark. */
  readonly caughtFd: number;
  /** Ids of processes that may be closed, by their lower bits, so that other calls need no further lookup. As many as marks. */
  readonly closedFd: number;
  readonly namespace: PidNamespace;
  readonly execveNumber: number;
}

// Stack frame: offsets from r10.
const IDS = -8;
const KEY = -16;
const KEY_CALL = -12;
const VALUE = -24;
const PLACE = -32;
const FRAME: Register = 10;

/** r8 = thread id, r9 = process id, both of the initial namespace. Writes the first half of the key. */
const identify = (a: Assembler): void => {
  a.call(HELPER_PID_TGID);
  a.moveLow(8, 0);
  a.move(9, 0);
  a.shiftRight(9, 32);
  a.store('u32', FRAME, KEY, 9);
};

/** Jumps to `end` for processes of other namespaces. Writes a first value: a count of one with the process id above it. */
const firstValue = (a: Assembler, { namespace }: ProgramParts): void => {
  readIdsOrEnd(a, namespace, IDS);
  a.load('u32', 1, FRAME, IDS + 4);
  a.shiftLeft(1, COUNT_BITS);
  a.or(1, 1);
  a.store('u64', FRAME, VALUE, 1);
};

const onKey = (a: Assembler, { countsFd }: ProgramParts, helper: number, flags = 0): void => {
  a.map(1, countsFd);
  a.move(2, FRAME);
  a.add(2, KEY);
  if (helper === HELPER_UPDATE) {
    a.move(3, FRAME);
    a.add(3, VALUE);
    a.set(4, flags);
  }
  a.call(helper);
};

/** r0 = address of the element whose number is at PLACE. */
const elementOf = (a: Assembler, array: number): void => {
  a.map(1, array);
  a.move(2, FRAME);
  a.add(2, PLACE);
  a.call(HELPER_LOOKUP);
  // There is one; the verifier does not know.
  a.jumpIf('eq', 0, 0, 'end');
};

/** Adds one to the first element. */
const addOne = (a: Assembler, array: number): void => {
  a.storeValue('u32', FRAME, PLACE, 0);
  elementOf(a, array);
  a.set(1, 1);
  a.atomicAdd(0, 0, 1);
};

/** Adds `lost`, which adds one to the lost counts and keeps r6, and `end`, which returns 0. */
const epilogue = (a: Assembler, { lostFd }: ProgramParts): Buffer => {
  a.label('lost');
  addOne(a, lostFd);
  a.storeValue('u32', FRAME, PLACE, 1);
  elementOf(a, lostFd);
  a.store('u64', 0, 0, 6);
  a.label('end');
  a.set(0, 0);
  a.exit();
  return a.bytes();
};

/** r0 = address of the element of this thread (r8) or process (r9), r1 = its value. */
const ownElement = (a: Assembler, array: number, id: Register): void => {
  a.move(1, id);
  a.shiftLeft(1, 64 - MARK_BITS);
  a.shiftRight(1, 64 - MARK_BITS);
  a.store('u32', FRAME, PLACE, 1);
  elementOf(a, array);
  a.load('u64', 1, 0, 0);
};

/** Marks of threads of all namespaces: the kernel does not tell for whom it did not run a program. */
const markOrCatch = (a: Assembler, parts: ProgramParts, turn: Turn): void => {
  ownElement(a, parts.marksFd, 8);
  if (turn === 'first') {
    a.store('u64', 0, 0, 8);
    return;
  }
  a.storeValue('u64', 0, 0, 0);
  a.jumpIf('eq', 1, { register: 8 }, 'end');
  addOne(a, parts.caughtFd);
};

type Turn = 'first' | 'second';

/**
 * Another thread may outlive the main thread, and is counted. A main thread is that of another process with the id: jumps to `end` if it is
 * of another namespace, else to `lost`.
 */
const endIfClosed = (a: Assembler, parts: ProgramParts): void => {
  ownElement(a, parts.closedFd, 9);
  a.jumpIf('ne', 1, { register: 9 }, 'open');
  // The process may have ended before the counts were cleared.
  a.storeValue('u32', FRAME, KEY_CALL, CLOSED);
  onKey(a, parts, HELPER_LOOKUP);
  a.jumpIf('eq', 0, 0, 'open');
  readIdsOrEnd(a, parts.namespace, IDS);
  a.jumpIf('ne', 8, { register: 9 }, 'open');
  a.set(6, -ESRCH);
  a.jump('lost');
  a.label('open');
};

/** Raw tracepoint sys_enter: the second argument is the number of the call. The second program is attached after the first. */
export const countingProgram = (parts: ProgramParts, turn: Turn): Buffer => {
  const a = assembler();
  a.load('u64', 7, 1, 8);
  a.jumpIf('lt', 7, CALL_LIMIT, 'known');
  a.set(7, CALL_LIMIT);
  a.label('known');
  identify(a);
  markOrCatch(a, parts, turn);
  endIfClosed(a, parts);
  a.jumpIf('eq', 8, { register: 9 }, 'main');
  a.or(7, OTHER_THREAD);
  a.label('main');
  a.store('u32', FRAME, KEY_CALL, 7);
  onKey(a, parts, HELPER_LOOKUP);
  a.jumpIf('eq', 0, 0, 'new');
  // Atomic, as the other program may count another thread of this process on this CPU meanwhile.
  a.set(1, 1);
  a.atomicAdd(0, 0, 1);
  a.jump('end');
  a.label('new');
  firstValue(a, parts);
  onKey(a, parts, HELPER_UPDATE, NO_EXIST);
  a.jumpIf('eq', 0, 0, 'end');
  a.move(6, 0);
  // Another thread was faster, or there is no room.
  onKey(a, parts, HELPER_LOOKUP);
  a.jumpIf('eq', 0, 0, 'lost');
  a.set(1, 1);
  a.atomicAdd(0, 0, 1);
  a.jump('end');
  return epilogue(a, parts);
};

/** Raw tracepoint sched_process_exec: runs after a successful exec, when the process has one thread. A second program does nothing more. */
export const execProgram = (parts: ProgramParts): Buffer => {
  const a = assembler();
  identify(a);
  firstValue(a, parts);
  // Exec in another thread ends the main thread and takes its id.
  ownElement(a, parts.closedFd, 9);
  a.jumpIf('ne', 1, { register: 9 }, 'open');
  a.storeValue('u64', 0, 0, 0);
  a.label('open');
  a.storeValue('u32', FRAME, KEY_CALL, EXECUTED);
  onKey(a, parts, HELPER_LOOKUP);
  a.jumpIf('ne', 0, 0, 'end');
  a.set64(8, BigInt.asUintN(32, BigInt(-ENOENT)));
  a.set(6, 0);
  a.label('next');
  for (const flag of [0, OTHER_THREAD]) {
    a.move(1, 6);
    a.or(1, flag);
    a.store('u32', FRAME, KEY_CALL, 1);
    onKey(a, parts, HELPER_DELETE);
    a.jumpIf('eq', 0, 0, `cleared${flag}`);
    // Only the lower half of an answer is meant before 6.4.
    a.moveLow(7, 0);
    a.jumpIf('eq', 7, { register: 8 }, `cleared${flag}`);
    a.move(6, 0);
    a.jump('lost');
    a.label(`cleared${flag}`);
  }
  a.add(6, 1);
  a.jumpIf('le', 6, CALL_LIMIT, 'next');
  for (const call of [EXECUTED, parts.execveNumber]) {
    a.storeValue('u32', FRAME, KEY_CALL, call);
    onKey(a, parts, HELPER_UPDATE);
    a.move(6, 0);
    a.jumpIf('ne', 0, 0, 'lost');
  }
  a.jump('end');
  return epilogue(a, parts);
};

/** Raw tracepoint sched_process_exit, which every thread passes. */
export const exitProgram = (parts: ProgramParts): Buffer => {
  const a = assembler();
  identify(a);
  a.jumpIf('ne', 8, { register: 9 }, 'end');
  firstValue(a, parts);
  a.storeValue('u32', FRAME, KEY_CALL, CLOSED);
  onKey(a, parts, HELPER_UPDATE);
  a.move(6, 0);
  a.jumpIf('ne', 0, 0, 'lost');
  ownElement(a, parts.closedFd, 9);
  a.store('u64', 0, 0, 9);
  a.jump('end');
  return epilogue(a, parts);
};
