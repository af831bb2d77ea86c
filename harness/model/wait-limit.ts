/** How long another process may take. */
export interface WaitLimit {
  readonly ms: number;
  /** Called before a process that exceeds the limit is killed: ends waits in the kernel, which SIGKILL does not end. */
  readonly beforeKill?: () => void;
}
