import type { WaitLimit } from './wait-limit.ts';

/** The child process that works inside mounts for the harness. One serves a whole run. */
export interface Inspector {
  /**
   * Sends a request of plain JSON and returns the reply. One request at a time.
   * `limit`: absent: two minutes.
   * Rejects with a UserError: `timeout`, `exited`, or the errno of the failed call.
   */
  inspect(request: unknown, limit?: WaitLimit): Promise<unknown>;
  /** Starts the child now, so that the first request need not wait for it. */
  start(): void;
  /** Null while the child is not running. */
  readonly pid: number | null;
  close(): Promise<void>;
}
