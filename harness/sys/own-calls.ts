// How often this thread's own code called read(2) and write(2). The runtime wakes its threads with the same two calls on the
// same thread, now and then, so that only the caller can tell whose they were.
export const ownCalls = { read: 0, write: 0 };
