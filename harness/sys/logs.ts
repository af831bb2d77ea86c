// Memory files for what programs print, so that no window has the creation of a file on the measured file system.
//
// Source: memfd_create(2).
import { closeSync, ftruncateSync } from 'node:fs';
import { bind, check } from './libc.ts';

const cMemfd = bind<(name: string, flags: number) => number>('memfd_create', 'str', 'uint');
const cFcntl = bind<(fd: number, command: number, argument: number) => number>('fcntl', 'int', 'int', 'int');

const MFD_CLOEXEC = 1;
const F_SETFL = 4;
const O_APPEND = 0o2000;
/** For scenarios in which several servers run at the same time. */
const MOST_SPARE = 16;

/** Opened for reading and appending. */
export const openLog = (): number => {
  const fd = check(cMemfd('cfsbench-log', MFD_CLOEXEC), 'memfd_create');
  check(cFcntl(fd, F_SETFL, O_APPEND), 'fcntl');
  return fd;
};

const spare: number[] = [];

/** Opens a log for the next server, before anything is timed or counted. */
export const prepareLog = (): void => {
  if (spare.length === 0) spare.push(openLog());
};

/** An empty log. */
export const takeLog = (): number => spare.pop() ?? openLog();

/** The log of a server that has ended. */
export const giveLogBack = (fd: number): void => {
  if (spare.length >= MOST_SPARE) {
    closeSync(fd);
    return;
  }
  ftruncateSync(fd);
  spare.push(fd);
};
