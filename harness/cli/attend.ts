// The outer process of a run while the inner one measures: it only waits for events, so that it receives interrupts at any time and
// enforces the limits that a blocked process cannot.
//
// Does:    after the first interrupt the inner process has a moment to end by itself, then its namespace is killed. A second interrupt
//          kills it at once. At the end of its time limit the FUSE connections of its work folder are aborted: a mount that waits for a server
//          fails, and the run continues. If that does not help, the namespace is killed.
import { onInterrupt } from '../sys/interrupts.ts';
import type { InnerEnd, InnerMessage, RunningInner } from '../sys/namespace.ts';
import { formatSeconds } from './duration.ts';

/** From the first interrupt until the inner process has stopped measuring. */
const STOP_LIMIT_MS = 500;
/** From the first interrupt until everything has ended, the report included. */
export const END_LIMIT_MS = 1500;
/** A killed namespace ends in milliseconds, unless one of its processes waits for a disk that does not answer. */
const KILL_LIMIT_MS = 1000;
/** From the abort of FUSE connections until the inner process reports its next step. */
const ABORTED_LIMIT_MS = 30_000;
/** Of a timer. */
const LONGEST_MS = 0x7fffffff;

export interface Attended {
  readonly end: InnerEnd;
  /** `performance.now()` at the first interrupt; null: there was none. */
  readonly interruptedAt: number | null;
  /** There was a second interrupt. */
  readonly again: boolean;
  /** The inner process has printed the report. */
  readonly shown: boolean;
}

interface Attention {
  readonly start: (onMessage: (message: InnerMessage) => void) => Promise<RunningInner>;
  /** Until the first message of the inner process; Infinity: none. */
  readonly limitMs: number;
  /** Its FUSE mounts are below. */
  readonly workDir: string;
  readonly onFirstInterrupt: () => void;
}

const STILL_RUNNING: InnerEnd = {
  kind: 'killed',
  what: 'the measuring process was killed, and has not ended: a disk does not answer',
};

const tooLong = (ms: number): InnerEnd => ({
  kind: 'killed',
  what: `the measuring process did nothing for ${formatSeconds(ms * 1e6)} and was killed`,
});

/** One action at a time. */
interface Timer {
  set(ms: number, action: () => void): void;
  clear(): void;
}

const openTimer = (): Timer => {
  let timeout: NodeJS.Timeout | undefined;
  return {
    set(ms, action) {
      clearTimeout(timeout);
      if (ms <= LONGEST_MS) timeout = setTimeout(action, ms);
    },
    clear: () => clearTimeout(timeout),
  };
};

export const attend = async ({ start, limitMs, workDir, onFirstInterrupt }: Attention): Promise<Attended> => {
  const [stopping, ending, limit, killing] = [openTimer(), openTimer(), openTimer(), openTimer()];
  const seen = { interruptedAt: null as number | null, again: false, shown: false };
  let kill = (_end?: InnerEnd): void => {};
  let abortFuse = (): void => {};
  const setLimit = (ms: number): void =>
    limit.set(ms, () => {
      abortFuse();
      limit.set(ABORTED_LIMIT_MS, () => kill(tooLong(ms + ABORTED_LIMIT_MS)));
    });
  const inner = await start((message) => {
    if (message.kind === 'limit') setLimit(message.ms);
    if (message.kind === 'measured') stopping.clear();
    if (message.kind === 'shown') seen.shown = true;
  });
  abortFuse = () => inner.abortFuse(workDir);
  let why: InnerEnd | undefined;
  const givenUp = new Promise<InnerEnd>((resolve) => {
    kill = (end) => {
      why ??= end;
      inner.kill();
      killing.set(KILL_LIMIT_MS, () => resolve(STILL_RUNNING));
    };
  });
  setLimit(limitMs);
  const forget = onInterrupt(() => {
    if (seen.interruptedAt !== null) {
      seen.again = true;
      return kill();
    }
    seen.interruptedAt = performance.now();
    onFirstInterrupt();
    inner.interrupt();
    stopping.set(STOP_LIMIT_MS, kill);
    ending.set(END_LIMIT_MS, kill);
  });
  try {
    const end = await Promise.race([inner.ended, givenUp]);
    return { end: end === STILL_RUNNING ? end : (why ?? end), ...seen };
  } finally {
    forget();
    for (const timer of [stopping, ending, limit, killing]) timer.clear();
  }
};
