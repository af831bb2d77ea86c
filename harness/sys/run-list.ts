// Makes a call list: in one call into the C library, or through koffi.
//
// Does:    lays out strings and addresses before the clock starts; closes the descriptors that a failed list opened.
import { debugging, noteCalls } from './debug.ts';
import { runThroughKoffi } from './koffi-list.ts';
import { bind, EBUSY } from './libc.ts';
import { layOut, resultOf, table } from './list-table.ts';
import type { ListedCall, Result } from './listed-call.ts';
import { bindTimed } from './timed.ts';

const timedRun = bindTimed<[calls: Buffer, count: number]>('timed_run', 'void *', 'int');
const timedWait = bindTimed<[calls: Buffer, count: number, pauseNs: number, limitNs: number]>(
  'timed_wait',
  'void *',
  'int',
  'int64_t',
  'int64_t',
);

const errnoAt = (index: number): number => {
  const result = resultOf(index);
  return result < 0 ? -result : EBUSY;
};

const cClose = bind<(fd: number) => number>('close', 'int');

/** Descriptors that the list opened and did not close. */
const stillOpen = (calls: readonly ListedCall[], failed: number): number[] => {
  const open = new Set<number>();
  for (let i = 0; i < failed; i++) {
    const { opens, closes } = calls[i]!;
    if (opens === true) open.add(resultOf(i));
    if (closes !== undefined) open.delete(resultOf(closes.index));
  }
  return [...open];
};

/** Returns false if another process took a resource of the list: it is undone and must be built again. */
export const runList = (calls: readonly ListedCall[], results: readonly Result[]): boolean => {
  layOut(calls);
  const failed = timedRun === null ? runThroughKoffi(calls) : timedRun(table, calls.length).failed;
  if (debugging) noteCalls(calls, failed, resultOf);
  const upTo = failed < 0 ? calls.length : failed;
  for (const result of results) if (result.index < upTo) result.known = resultOf(result.index);
  if (failed < 0) return true;
  const open = stillOpen(calls, failed);
  const errno = errnoAt(failed);
  try {
    calls[failed]!.onFailure(errno);
    return false;
  } finally {
    for (const fd of open) cClose(fd);
  }
};

export interface WaitLimits {
  readonly pauseNs: number;
  readonly limitMs: number;
  /** Polls until the condition holds; false if the limit passed. */
  poll(condition: () => boolean, limitMs: number): boolean;
}

/** Whether the list may succeed later. */
const isNotYet = ({ wanted, notYet = 0 }: ListedCall, result: number): boolean =>
  wanted === undefined ? result === -notYet : result >= 0;

/** Makes the list until it succeeds. Returns false if the limit passed. */
export const waitList = (calls: readonly ListedCall[], { pauseNs, limitMs, poll }: WaitLimits): boolean => {
  layOut(calls);
  /** True after a success; throws unless the list may succeed later. */
  const isDone = (failed: number): boolean => {
    if (failed < 0) return true;
    if (!isNotYet(calls[failed]!, resultOf(failed))) calls[failed]!.onFailure(errnoAt(failed));
    return false;
  };
  if (timedWait === null) return poll(() => isDone(runThroughKoffi(calls)), limitMs);
  return isDone(timedWait(table, calls.length, pauseNs, limitMs * 1e6).failed);
};
