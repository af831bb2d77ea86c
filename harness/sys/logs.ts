// Memory files for what programs print, so that no window has the creation of a file on the measured file system.
//
// Leaves: nothing: the logs of a thread are closed at its end.
// Error:  servers above MOST_OWN at the same time share a log: the last words of one may be those of another. Each log takes a descriptor,
//         and ten thousand servers have so many already.
// Source: memfd_create(2).
import { ftruncateSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { files } from './files.ts';
import { bind, check } from './libc.ts';

const cMemfd = bind<(name: string, flags: number) => number>('memfd_create', 'str', 'uint');
const cFcntl = bind<(fd: number, command: number, argument: number) => number>('fcntl', 'int', 'int', 'int');

const MFD_CLOEXEC = 1;
const F_SETFL = 4;
const O_APPEND = 0o2000;
const MOST_OWN = 256;
/** Kept for the next servers. */
const MOST_SPARE = 16;

const opened = new Set<number>();
if (!isMainThread)
  process.once('exit', () => {
    for (const fd of opened) files.close(fd);
  });

/** Opened for reading and appending. */
export const openLog = (): number => {
  const fd = check(cMemfd('cfsbench-log', MFD_CLOEXEC), 'memfd_create');
  opened.add(fd);
  check(cFcntl(fd, F_SETFL, O_APPEND), 'fcntl');
  return fd;
};

const spare: number[] = [];
/** Open logs that no two servers share, spare ones included. */
let ownCount = 0;
const shared = { fd: -1, userCount: 0 };

const openOwn = (): number => {
  ownCount++;
  return openLog();
};

/** Opens a log for the next server, before anything is timed or counted. */
export const prepareLog = (): void => {
  if (spare.length === 0 && ownCount < MOST_OWN) spare.push(openOwn());
};

/** An empty log; above MOST_OWN the shared one. */
export const takeLog = (): number => {
  const own = spare.pop();
  if (own !== undefined) return own;
  if (ownCount < MOST_OWN) return openOwn();
  if (shared.fd < 0) shared.fd = openLog();
  shared.userCount++;
  return shared.fd;
};

/** The log of a server that has ended. */
export const giveLogBack = (fd: number): void => {
  if (fd === shared.fd) {
    if (--shared.userCount === 0) ftruncateSync(fd);
  } else if (spare.length < MOST_SPARE) {
    ftruncateSync(fd);
    spare.push(fd);
  } else {
    files.close(fd);
    opened.delete(fd);
    ownCount--;
  }
};
