// Boots a guest and waits for its end.
//
// Does:    starts QEMU; the kernel kills it when this process ends, however that happens.
// Error:   a guest that does not come up, or does not end, in its time is killed.
// Leaves:  nothing.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { interruptedError, onInterrupt } from '../sys/interrupts.ts';
import { endsWithParent } from '../sys/namespace-probe.ts';
import { WORDS } from './guest-scripts.ts';
import { type GuestMachine, QEMU, qemuArguments } from './machine.ts';

export interface GuestEnd {
  /** The first process of the guest has started the job. */
  readonly isUp: boolean;
  /** Why the guest could not do its job, in its own words or in QEMU's; null: it ended by itself. */
  readonly failure: string | null;
}

interface GuestTimes {
  /** From the start until the job begins. */
  readonly upLimitMs: number;
  /** From the start until the end. */
  readonly limitMs: number;
}

/** What the scripts of the guest said. */
const reasonIn = (line: string): string | null =>
  line.startsWith(WORDS.failed) ? line.slice(WORDS.failed.length).trim() : null;

const BEAT_MS = 60_000;

/** `onLine`: of the standard error of the job; and once a minute how long the guest has run. Throws if it is interrupted. */
export const bootGuest = async (
  machine: GuestMachine,
  { upLimitMs, limitMs }: GuestTimes,
  onLine: (line: string) => void,
): Promise<GuestEnd> => {
  const [program = '', ...args] = [...endsWithParent(), QEMU, ...qemuArguments(machine)];
  // In a session of its own: Ctrl-C reaches this process only, which kills it.
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const seen = { isUp: false, failure: null as string | null, isInterrupted: false, errors: '' };
  const kill = (why: string): void => {
    seen.failure ??= why;
    child.kill('SIGKILL');
  };
  const upTimer = setTimeout(() => kill(`it did not start within ${upLimitMs / 1000} s`), upLimitMs);
  const timer = setTimeout(() => kill(`it did not end within ${limitMs / 1000} s`), limitMs);
  const startedMs = performance.now();
  const beat = setInterval(() => {
    onLine(`the guest has run for ${Math.round((performance.now() - startedMs) / BEAT_MS)} min`);
  }, BEAT_MS);
  const forget = onInterrupt(() => {
    seen.isInterrupted = true;
    kill('interrupted');
  });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    seen.errors += piece;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const reason = reasonIn(line);
    if (reason !== null) seen.failure ??= reason;
    else if (line !== WORDS.up) onLine(line);
    else {
      seen.isUp = true;
      clearTimeout(upTimer);
    }
  });
  const how = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (status, signal) => resolve(status === 0 ? null : (signal ?? `exit ${status}`)));
  });
  forget();
  clearTimeout(upTimer);
  clearTimeout(timer);
  clearInterval(beat);
  if (seen.isInterrupted) throw interruptedError();
  const unexpected = how === null ? null : `${QEMU} failed: ${seen.errors.trim().split('\n').at(-1) || how}`;
  return { isUp: seen.isUp, failure: seen.failure ?? unexpected };
};
