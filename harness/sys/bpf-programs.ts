// The two BPF programs behind the ledger.
//
// Does:    at every sys_enter of a process in one PID namespace: counts[process id, thread, call] += 1.
//          At the first exec after a fork: deletes the counts of the process, so that its ledger begins at the exec, as with strace.
// Error:   exact. A count that could not be written is counted as lost; one lost count invalidates the ledger.
//          Requests through io_uring do not pass sys_enter.
// Cost:    about 0.1 us per system call; 1.1 times the run time of `ls -lR`.
// Source:  include/trace/events/sched.h, sched_process_exec.
import { type Assembler, assembler, type Register } from './bpf-assembler.ts';
import { type PidNamespace, readIdsOrEnd } from './bpf-namespace.ts';

const HELPER_LOOKUP = 1;
const HELPER_UPDATE = 2;
const HELPER_DELETE = 3;
const HELPER_PID_TGID = 14;

/** All numbers from here on are counted under this number. */
export const CALL_LIMIT = 511;
/** Flag in a key: a thread other than the main thread. */
export const OTHER_THREAD = 1 << 16;
/** Flag in a key: this process has called exec since its fork. */
export const EXECUTED = 1 << 17;

export const KEY_BYTES = 8;
/** A value holds the count in its lower half and the namespace's process id above, on the CPU that saw the key first. */
const COUNT_BITS = 32;

interface ProgramParts {
  readonly countsFd: number;
  readonly lostFd: number;
  readonly namespace: PidNamespace;
  readonly execveNumber: number;
}

// Stack frame: offsets from r10.
const IDS = -8;
const KEY = -16;
const KEY_CALL = -12;
const VALUE = -24;
const LOST_KEY = -32;
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

const onKey = (a: Assembler, { countsFd }: ProgramParts, helper: number): void => {
  a.map(1, countsFd);
  a.move(2, FRAME);
  a.add(2, KEY);
  if (helper === HELPER_UPDATE) {
    a.move(3, FRAME);
    a.add(3, VALUE);
    a.set(4, 0);
  }
  a.call(helper);
};

/** Adds `lost`, which adds one to the lost counts, and `end`, which returns 0. */
const epilogue = (a: Assembler, { lostFd }: ProgramParts): Buffer => {
  a.label('lost');
  a.storeValue('u32', FRAME, LOST_KEY, 0);
  a.map(1, lostFd);
  a.move(2, FRAME);
  a.add(2, LOST_KEY);
  a.call(HELPER_LOOKUP);
  a.jumpIf('eq', 0, 0, 'end');
  a.set(1, 1);
  a.atomicAdd(0, 0, 1);
  a.label('end');
  a.set(0, 0);
  a.exit();
  return a.bytes();
};

/** Raw tracepoint sys_enter: the second argument is the number of the call. */
export const countingProgram = (parts: ProgramParts): Buffer => {
  const a = assembler();
  a.load('u64', 7, 1, 8);
  a.jumpIf('lt', 7, CALL_LIMIT, 'known');
  a.set(7, CALL_LIMIT);
  a.label('known');
  identify(a);
  a.jumpIf('eq', 8, { register: 9 }, 'main');
  a.or(7, OTHER_THREAD);
  a.label('main');
  a.store('u32', FRAME, KEY_CALL, 7);
  onKey(a, parts, HELPER_LOOKUP);
  a.jumpIf('eq', 0, 0, 'first');
  // No atomic add: the value belongs to this CPU, and no other tracepoint program interrupts this one.
  a.load('u64', 1, 0, 0);
  a.add(1, 1);
  a.store('u64', 0, 0, 1);
  a.jump('end');
  a.label('first');
  firstValue(a, parts);
  onKey(a, parts, HELPER_UPDATE);
  a.jumpIf('eq', 0, 0, 'end');
  return epilogue(a, parts);
};

/** Raw tracepoint sched_process_exec: runs after a successful exec, when the process has one thread. */
export const execProgram = (parts: ProgramParts): Buffer => {
  const a = assembler();
  identify(a);
  firstValue(a, parts);
  a.storeValue('u32', FRAME, KEY_CALL, EXECUTED);
  onKey(a, parts, HELPER_LOOKUP);
  a.jumpIf('ne', 0, 0, 'end');
  a.set(6, 0);
  a.label('next');
  for (const flag of [0, OTHER_THREAD]) {
    a.move(1, 6);
    a.or(1, flag);
    a.store('u32', FRAME, KEY_CALL, 1);
    onKey(a, parts, HELPER_DELETE);
  }
  a.add(6, 1);
  a.jumpIf('le', 6, CALL_LIMIT, 'next');
  a.storeValue('u32', FRAME, KEY_CALL, EXECUTED);
  onKey(a, parts, HELPER_UPDATE);
  a.jumpIf('ne', 0, 0, 'lost');
  a.storeValue('u32', FRAME, KEY_CALL, parts.execveNumber);
  onKey(a, parts, HELPER_UPDATE);
  a.jumpIf('eq', 0, 0, 'end');
  return epilogue(a, parts);
};
