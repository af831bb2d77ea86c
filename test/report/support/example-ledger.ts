// System calls of each arm in the example run.
import type { Ledger } from '../../../results/schema/run.ts';
import type { Params } from '../../../results/schema/shared.ts';

type PhaseCalls = NonNullable<Ledger['use']>;

const RUNTIME: PhaseCalls = { runtime: { futex: 3, epoll_wait: 2 } };

const CAT: PhaseCalls = {
  ...RUNTIME,
  harness: { clone3: 1 },
  cat: { execve: 1, openat: 4, read: 5, write: 1, close: 6 },
};

const walkLedger = (backend: string, files: number): Ledger => ({
  use: {
    ...RUNTIME,
    ls: { execve: 1, openat: 1500, getdents64: 3000, statx: files, lstat: 12 },
    ...(backend === 'composefs-fuse' ? { 'cfs-fuse': { read: 3200, writev: 3199 } } : {}),
  },
});

const unpackedLedger = (isFull: boolean, files: number): Ledger => ({
  ingest: RUNTIME,
  create: isFull
    ? RUNTIME
    : {
        ...RUNTIME,
        harness: { mkdir: 2 },
        tar: {
          execve: 2,
          openat: files,
          write: files + 811,
          close: files,
          utimensat: files,
          fchmod: files,
          fchown: files,
          mkdirat: 1480,
        },
      },
  mount: { ...RUNTIME, harness: { fsopen: 1, fsconfig: 4, fsmount: 1, move_mount: 1, close: 2 } },
  use: CAT,
  unmount: { harness: { umount2: 1 } },
  settle: RUNTIME,
  destroy: isFull
    ? RUNTIME
    : {
        ...RUNTIME,
        rm: { execve: 1, openat: 1480, getdents64: 2960, unlinkat: files + 1480, newfstatat: 1490 },
      },
  collect: RUNTIME,
});

const manifestLedger = (isFuse: boolean, isFull: boolean, files: number): Ledger => ({
  ingest: {
    ...RUNTIME,
    harness: isFull ? { access: files } : { openat: files, write: files, close: files, rename: files },
  },
  create: { harness: { openat: 1, write: 1, close: 1 } },
  mount: isFuse
    ? {
        harness: { clone3: 1, pipe2: 1, read: 1 },
        'cfs-fuse': { execve: 1, openat: 3, mmap: 9, mount: 1, write: 1 },
      }
    : { harness: { fsopen: 2, fsconfig: 7, fsmount: 2, move_mount: 1, close: 5 } },
  use: isFuse ? { ...CAT, 'cfs-fuse': { read: 9, writev: 8, pread64: 1 } } : CAT,
  unmount: { harness: { umount2: 1 } },
  settle: RUNTIME,
  destroy: { harness: { unlink: 1 } },
  collect: { harness: isFull ? { openat: 1 } : { unlink: files, openat: 257 } },
});

export const exampleLedger = (backend: string, scenario: string, params: Params, files: number): Ledger => {
  if (scenario !== 'churn') return walkLedger(backend, files);
  const isFull = params['store'] === 'full';
  return backend === 'unpacked-overlay'
    ? unpackedLedger(isFull, files)
    : manifestLedger(backend === 'composefs-fuse', isFull, files);
};
