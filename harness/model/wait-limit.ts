/** How long another process may take. */
export interface WaitLimit {
  readonly ms: number;
  /** Called before a process that exceeds the limit is killed: ends what it may be waiting for, as SIGKILL ends no wait in the kernel. */
  readonly beforeKill?: () => void;
}
