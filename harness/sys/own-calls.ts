// Calls of read(2) and write(2) by the harness's code on this thread. The runtime makes the same calls on this thread to wake other
// threads; only the caller can tell them apart.
export const ownCalls = { read: 0, write: 0 };
