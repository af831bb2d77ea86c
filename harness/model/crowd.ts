/**
 * Parallel lives of the slot's image. Each member is a thread with its own store and folders, so that system calls and commands
 * overlap as those of separate processes do. A failure of one member fails the call.
 */
export interface Crowd {
  /** In parallel: ingest, create, mount. Resolves when the last member is mounted. */
  up(): Promise<void>;
  /** In parallel: unmount, settle, destroy, collect. Resolves when the last member is done. */
  down(): Promise<void>;
  /** Members live one life after another, each on its own, until they are stopped. */
  live(): LivingCrowd;
}

export interface LivingCrowd {
  /** Resolves when the last life has ended. */
  stop(): Promise<readonly LifeTimes[]>;
}

/** Readings of CLOCK_MONOTONIC, nanoseconds. */
export interface LifeTimes {
  readonly startedNs: number;
  /** Mounted. */
  readonly readyNs: number;
}
