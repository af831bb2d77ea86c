/** The child process that reads mounts outside windows. One serves a whole run. */
export interface Inspector {
  /**
   * Sends a request of plain JSON and returns the reply. One request at a time.
   * Rejects with a UserError: `timeout`, `exited`, or the errno of the failed call.
   */
  inspect(request: unknown): Promise<unknown>;
  /** Starts the child now, so that the first request need not wait for it. */
  start(): void;
  /** Null while the child is not running. */
  readonly pid: number | null;
  close(): Promise<void>;
}
