// The machine as backends, probes and scenarios see it. `harness/sys` implements it.
//
// Paths are the harness's own (work folder, store, mount points): UTF-8 strings. Failures throw SysError.

import type { CallList } from './calls.ts';
import type { Features } from './features.ts';
import type { Files } from './files.ts';
import type { Meters } from './meters.ts';
import type { MadeFileSystem, MadeType, Mounts, SettleCondition } from './mounts.ts';

export type * from './features.ts';
export type * from './files.ts';
export type * from './meters.ts';
export type * from './mounts.ts';

export interface Server {
  readonly pid: number;
  /** Sends words over the socket that stands for `{control}` in the command line, and waits for the reply. */
  sendCommand(words: readonly string[]): string;
  /** Waits for the exit of the process (pidfd). False if it still runs after the limit. */
  exited(limitMs: number): boolean;
  /** Sends SIGTERM, and SIGKILL after the limit; reaps the process. */
  close(limitMs: number): void;
}

/** The servers that a machine has started. */
export interface StartedServers {
  /** One sentence, with its last words, for each that was killed or ended with another exit code than 0. Each is named once. */
  lost(): readonly string[];
  /**
   * Ends all waits for servers that do not answer: aborts the FUSE connections below a folder, by default the work folder. Where there is
   * no abort control it kills all servers.
   */
  abort(dir?: string): void;
}

export interface CommandOptions {
  readonly timeoutMs?: number;
  /** Path of a file for standard output; absent: /dev/null. */
  readonly stdout?: string;
}

export interface Machine {
  readonly features: Features;
  readonly meters: Meters;
  readonly files: Files;
  readonly mounts: Mounts;
  /** `one call`: one call into a library makes a list and reads the clock. Else each call of a list is made through koffi. */
  readonly windowKind: 'one call' | 'calls through koffi';
  /** Makes the calls that `build` adds to the list, back to back. `build` may run more than once. */
  calls<T>(build: (list: CallList) => T): T;
  /** Polls until the condition holds; the ledger does not count the polling. False if the limit passed. */
  settled(until: SettleCondition, limitMs: number): boolean;
  /** File in which a server counts its requests; null in timed passes. */
  readonly requestCounters: string | null;
  /**
   * Starts a server and waits until it is ready: until it has written one byte to the descriptor that stands for `{ready}` or
   * `{control}` in `argv`, or until `ready` returns true for servers that know neither. `{control}` is a socket for commands.
   * Throws with the end of the server's log if it exits or is not ready in time.
   */
  serve(actor: string, argv: readonly string[], ready?: () => boolean): Server;
  readonly servers: StartedServers;
  /** Runs a command with LC_ALL=C TZ=UTC and waits for its exit. A non-zero exit throws with the end of its standard error. */
  command(actor: string, argv: readonly string[], options?: CommandOptions): Promise<void>;
  /** Makes a file system in `dir`, an empty folder. A loop file is sparse. Untimed. */
  fileSystem(type: MadeType, dir: string): Promise<MadeFileSystem>;
  /** Polls until the condition holds; the ledger does not count the polling. False if the limit passed. */
  waitFor(condition: () => boolean, limitMs: number): boolean;
}
