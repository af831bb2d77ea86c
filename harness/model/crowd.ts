/**
 * Lives of the slot's image beside each other: each member is a thread of its own with a store and folders of its own, so that
 * their system calls and commands overlap as those of separate processes do. What fails in one fails the call.
 */
export interface Crowd {
  /** All at once: ingest, create, mount. Resolves when the last one is mounted. */
  up(): Promise<void>;
  /** All at once: unmount, settle, destroy, collect. Resolves when the last one is gone. */
  down(): Promise<void>;
}
