// The two programs that keep the system call ledger.
//
// Does:    at every sys_enter of a process in one PID namespace: counts[process id thread, call] += 1.
//          At a process's first exec after its fork: forgets what it did before, so that its ledger begins as strace's does.
// Error:   exact. A count that could not be written is counted as lost, and then the whole ledger is void.
//          Calls handed to the kernel through io_uring pass no sys_enter.
// Cost:    about 0.1 us per system call; 1.1 times the run time of `ls -lR`.
// Source:  kernel/trace/bpf_trace.c, bpf_get_ns_current_pid_tgid; include/trace/events/sched.h, sched_process_exec.
import { type Assembler, assembler, type Register } from './bpf-assembler.ts';

const HELPER_LOOKUP = 1;
const HELPER_UPDATE = 2;
const HELPER_DELETE = 3;
const HELPER_PID_TGID = 14;
const HELPER_NS_PID_TGID = 120;

/** Calls from here on, and numbers that are no calls, are counted together under this number. */
export const CALL_LIMIT = 511;
/** Set in a key for threads other than the first. */
export const OTHER_THREAD = 1 << 16;
/** Set in the key that says: this process has executed a program since it was forked. */
export const EXECUTED = 1 << 17;

export const KEY_BYTES = 8;
/** A value holds the count in its lower half and, on the CPU that saw the pair first, the namespace's process id above. */
export const COUNT_BITS = 32;

export interface ProgramParts {
  readonly countsFd: number;
  readonly lostFd: number;
  /** The kernel's own device number and the inode of the PID namespace. */
  readonly namespace: { readonly device: bigint; readonly inode: bigint };
  readonly execveNumber: number;
}

// The frame, downwards from r10.
const IDS = -8;
const KEY = -16;
const KEY_CALL = -12;
const VALUE = -24;
const LOST_KEY = -32;
const FRAME: Register = 10;

/** r8 = thread id, r9 = process id, both as the initial namespace numbers them. Writes the key's first half. */
const identify = (a: Assembler): void => {
  a.call(HELPER_PID_TGID);
  a.moveLow(8, 0);
  a.move(9, 0);
  a.shiftRight(9, 32);
  a.store('u32', FRAME, KEY, 9);
};

/** Ends for processes outside of the namespace; leaves a count of one in the frame, the namespace's process id above it. */
const firstValue = (a: Assembler, { namespace }: ProgramParts): void => {
  a.storeValue('u64', FRAME, IDS, 0);
  a.set64(1, namespace.device);
  a.set64(2, namespace.inode);
  a.move(3, FRAME);
  a.add(3, IDS);
  a.set(4, 8);
  a.call(HELPER_NS_PID_TGID);
  a.jumpIf('ne', 0, 0, 'end');
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

/** `lost`: one count more is missing. `end`: return 0. */
const finish = (a: Assembler, { lostFd }: ProgramParts): Buffer => {
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

/** Raw tracepoint sys_enter: the second argument is the call's number. */
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
  // The slot is this CPU's own, and a tracepoint's program is not interrupted by another one here.
  a.load('u64', 1, 0, 0);
  a.add(1, 1);
  a.store('u64', 0, 0, 1);
  a.jump('end');
  a.label('first');
  firstValue(a, parts);
  onKey(a, parts, HELPER_UPDATE);
  a.jumpIf('eq', 0, 0, 'end');
  return finish(a, parts);
};

/** Raw tracepoint sched_process_exec: the exec has succeeded and the process has one thread. */
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
  return finish(a, parts);
};
