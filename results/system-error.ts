// System errors as sentences: `cannot write /none/x.json: its folder does not exist`.
import { getSystemErrorMap } from 'node:util';
import { ResultsError } from './errors.ts';

/** An error of Node.js for a call of the operating system. */
export interface SystemError extends Error {
  /** Name of the errno. */
  readonly code: string;
  readonly syscall: string;
  readonly errno?: number;
  readonly path?: string | Buffer;
}

export const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error &&
  'syscall' in error &&
  typeof error.syscall === 'string' &&
  'code' in error &&
  typeof error.code === 'string';

/** Where Node's own words say too little or are odd. */
const REASONS: Readonly<Record<string, string>> = {
  EBADF: 'it is not open for this',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EIO: 'input/output error',
  EISDIR: 'it is a folder',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file or folder',
  ENOSPC: 'no space left',
  ENOTDIR: 'a part of the path is not a folder',
  ENOTEMPTY: 'the folder is not empty',
  EPIPE: 'its reader has closed it',
};

const VERBS: Readonly<Record<string, string>> = {
  access: 'use',
  chdir: 'enter',
  close: 'write',
  fsync: 'write',
  ftruncate: 'write',
  lstat: 'read',
  mkdir: 'create the folder',
  mkdtemp: 'create a folder named',
  opendir: 'list',
  readlink: 'read',
  realpath: 'read',
  rename: 'replace',
  rm: 'remove',
  rmdir: 'remove',
  scandir: 'list',
  stat: 'read',
  statfs: 'read',
  unlink: 'remove',
  uv_cwd: 'find the current folder',
};

/** Used up: resources of this machine that have nothing to do with a path. */
const EXHAUSTED = ['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'];

/** Calls whose path must be a folder itself. */
const FOLDER_CALLS = ['scandir', 'opendir', 'chdir', 'rmdir'];

const reasonOf = ({ code, errno, syscall }: SystemError): string =>
  (code === 'ENOTDIR' && FOLDER_CALLS.includes(syscall) ? 'it is not a folder' : REASONS[code]) ??
  (errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1]) ??
  code;

const verbOf = (syscall: string): string =>
  syscall.startsWith('spawn') ? 'start' : (VERBS[syscall] ?? syscall);

export interface SystemErrorContext {
  /** Such as `write`, followed by the path; default: by the system call. */
  readonly doing?: string;
  /** Default: that of the error. */
  readonly path?: string | Buffer;
  /** Instead of the words for the errno. */
  readonly reason?: string;
  readonly hint?: string;
}

export const systemError = (error: SystemError, context: SystemErrorContext = {}): ResultsError => {
  const { doing = verbOf(error.syscall), path = error.path, reason = reasonOf(error), hint } = context;
  const what = path === undefined || path === '' ? doing : `${doing} ${path}`;
  return new ResultsError(`cannot ${what}: ${reason}`, {
    code: error.code,
    cause: error,
    ...(EXHAUSTED.includes(error.code) ? { exit: 4 } : {}),
    ...(hint === undefined ? {} : { hint }),
  });
};

/** Runs `work`; its system errors are thrown as sentences, all others as they are. */
export const explaining = <T>(context: SystemErrorContext, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw isSystemError(error) ? systemError(error, context) : error;
  }
};
