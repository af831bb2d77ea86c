// The two BPF programs that record when calls begin and end.
//
// Does:    at every sys_enter and sys_exit of a process in one PID namespace: takes the next place of an array and writes the time
//          (CLOCK_MONOTONIC), thread, process, and the number of the call.
// Error:   a call is recorded within 0.1 us of its time; calls beyond the end of the array are counted, not recorded.
// Cost:    about 0.3 us per system call.
// Source:  kernel/trace/bpf_trace.c, bpf_ktime_get_ns; include/trace/events/syscalls.h.
import { assembler, type Register } from './bpf-assembler.ts';
import { type PidNamespace, readIdsOrEnd } from './bpf-namespace.ts';

const HELPER_LOOKUP = 1;
const HELPER_KTIME = 5;

export const RECORD_BYTES = 24;
export const AT = { ns: 0, thread: 8, process: 12, call: 16 } as const;
/** In the place of the number: the end of the call that the thread is in. */
export const ENDED = 0x7fffffff;
const ENTER = 'sys_enter';
const EXIT = 'sys_exit';
export const RECORDED_POINTS = [ENTER, EXIT] as const;

interface RecordingParts {
  readonly recordsFd: number;
  /** Number of records so far, also of those that had no place. */
  readonly nextFd: number;
  readonly capacity: number;
  readonly namespace: PidNamespace;
}

// Stack frame: offsets from r10.
const IDS = -8;
const KEY = -16;
const FRAME: Register = 10;

export const recordingProgram = (
  { recordsFd, nextFd, capacity, namespace }: RecordingParts,
  point: (typeof RECORDED_POINTS)[number],
): Buffer => {
  const a = assembler();
  if (point === ENTER) a.load('u64', 7, 1, 8);
  else a.set(7, ENDED);
  readIdsOrEnd(a, namespace, IDS);
  a.call(HELPER_KTIME);
  a.move(9, 0);
  a.storeValue('u32', FRAME, KEY, 0);
  a.map(1, nextFd);
  a.move(2, FRAME);
  a.add(2, KEY);
  a.call(HELPER_LOOKUP);
  a.jumpIf('eq', 0, 0, 'end');
  a.set(6, 1);
  a.fetchAdd(0, 0, 6);
  a.jumpIf('lt', 6, capacity, 'room');
  a.jump('end');
  a.label('room');
  a.store('u32', FRAME, KEY, 6);
  a.map(1, recordsFd);
  a.move(2, FRAME);
  a.add(2, KEY);
  a.call(HELPER_LOOKUP);
  a.jumpIf('eq', 0, 0, 'end');
  a.load('u32', 1, FRAME, IDS);
  a.store('u32', 0, AT.thread, 1);
  a.load('u32', 1, FRAME, IDS + 4);
  a.store('u32', 0, AT.process, 1);
  a.store('u32', 0, AT.call, 7);
  a.store('u64', 0, AT.ns, 9);
  a.label('end');
  a.set(0, 0);
  a.exit();
  return a.bytes();
};
