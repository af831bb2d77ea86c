// Boots a guest and waits for its end.
//
// Does:    starts QEMU; the kernel kills it when this process ends, however that happens.
// Error:   a guest that does not come up, or does not end, in its time is killed; so is one that fills the disk with its console. One whose
//          results are complete has done its job, however it ends: a kernel without ACPI halts and cannot power off.
// Leaves:  nothing.
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { interruptedError, onInterrupt } from '../sys/interrupts.ts';
import { endsWithParent } from '../sys/namespace-probe.ts';
import { timerMs } from '../sys/timer-limit.ts';
import { WORDS } from './guest-scripts.ts';
import { type GuestMachine, QEMU, qemuArguments } from './machine.ts';

export interface GuestEnd {
  /** The first process of the guest has started the job. */
  readonly isUp: boolean;
  /** Why the guest could not do its job, in its own words or in QEMU's; null: its results are complete, or it ended by itself before. */
  readonly failure: string | null;
  /** The guest's own first process said why: it came up so far on these CPUs. */
  readonly isSaid: boolean;
}

interface GuestTimes {
  /** From the start until the job begins. */
  readonly upLimitMs: number;
  /** From the start until the end. */
  readonly limitMs: number;
}

interface GuestSeen {
  isUp: boolean;
  isSaid: boolean;
  /** Its results are complete. */
  isDone: boolean;
  isInterrupted: boolean;
  failure: string | null;
  errors: string;
}

/** What the scripts of the guest said. */
const reasonIn = (line: string): string | null =>
  line.startsWith(WORDS.failed) ? line.slice(WORDS.failed.length).trim() : null;

/** Returns whether the line is one of the scripts. */
const hear = (seen: GuestSeen, line: string): boolean => {
  const reason = reasonIn(line);
  if (reason !== null) {
    seen.isSaid = true;
    seen.failure ??= reason;
  } else if (line === WORDS.up) seen.isUp = true;
  else if (line === WORDS.done) [seen.isUp, seen.isDone] = [true, true];
  else return false;
  return true;
};

/** `unexpected`: how QEMU ended; null: by itself. */
const failureOf = ({ isUp, isDone, failure }: GuestSeen, unexpected: string | null): string | null => {
  if (isDone) return null;
  return failure ?? unexpected ?? (isUp ? 'it ended before its results were complete' : null);
};

/** For a guest whose results are complete. */
const OFF_LIMIT_MS = 10_000;
const BEAT_MS = 60_000;
const CONSOLE_BEAT_MS = 2000;
const MOST_CONSOLE_MB = 64;
const MOST_LINE_BYTES = 65_536;

/** Calls `onLine` for each whole line of the pieces. `onLong`: a line is too long. */
const splitLines = (onLine: (line: string) => void, onLong: () => void) => {
  let rest = '';
  return (piece: string): void => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    for (const line of lines) onLine(line.replace(/\r$/, ''));
    if (rest.length <= MOST_LINE_BYTES) return;
    rest = '';
    onLong();
  };
};

const sizeMb = (path: string): number => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) / 2 ** 20;

/** `onLine`: of the standard error of the job; and once a minute how long the guest has run. Throws if it is interrupted. */
export const bootGuest = async (
  machine: GuestMachine,
  { upLimitMs, limitMs }: GuestTimes,
  onLine: (line: string) => void,
): Promise<GuestEnd> => {
  const [program = '', ...args] = [...endsWithParent(), QEMU, ...qemuArguments(machine)];
  // In a session of its own: Ctrl-C reaches this process only, which kills it.
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const seen: GuestSeen = {
    ...{ isUp: false, isSaid: false, isDone: false, isInterrupted: false },
    failure: null,
    errors: '',
  };
  const kill = (why: string): void => {
    seen.failure ??= why;
    child.kill('SIGKILL');
  };
  const upTimer = setTimeout(() => kill(`it did not start within ${upLimitMs / 1000} s`), timerMs(upLimitMs));
  const timer = setTimeout(() => kill(`it did not end within ${limitMs / 1000} s`), timerMs(limitMs));
  const startedMs = performance.now();
  const beat = setInterval(() => {
    onLine(`the guest has run for ${Math.round((performance.now() - startedMs) / BEAT_MS)} min`);
  }, BEAT_MS);
  const consoleBeat = setInterval(() => {
    if (sizeMb(machine.console) > MOST_CONSOLE_MB) kill(`its console is longer than ${MOST_CONSOLE_MB} MB`);
  }, CONSOLE_BEAT_MS);
  const forget = onInterrupt(() => {
    seen.isInterrupted = true;
    kill('interrupted');
  });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    seen.errors = (seen.errors + piece).slice(-MOST_LINE_BYTES);
  });
  let offTimer: NodeJS.Timeout | undefined;
  const heard = (line: string): void => {
    if (!hear(seen, line)) onLine(line);
    else if (seen.isUp) clearTimeout(upTimer);
    if (seen.isDone) offTimer ??= setTimeout(() => child.kill('SIGKILL'), OFF_LIMIT_MS);
  };
  const onPiece = splitLines(heard, () => kill('it wrote a line without an end'));
  child.stdout.setEncoding('utf8').on('data', onPiece);
  const how = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (status, signal) => resolve(status === 0 ? null : (signal ?? `exit ${status}`)));
  });
  forget();
  clearTimeout(upTimer);
  clearTimeout(timer);
  clearTimeout(offTimer);
  clearInterval(beat);
  clearInterval(consoleBeat);
  if (seen.isInterrupted) throw interruptedError();
  const unexpected = how === null ? null : `${QEMU} failed: ${seen.errors.trim().split('\n').at(-1) || how}`;
  return { isUp: seen.isUp, isSaid: seen.isSaid, failure: failureOf(seen, unexpected) };
};
