// Writes a path that the user named, such as that of --out.
//
// Error:   a fifo that nothing reads from is an error after ten seconds.
import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ResultsError } from './errors.ts';
import { wrongKind } from './files.ts';
import {
  bytesOf,
  cannotWrite,
  type FileOutput,
  fill,
  openReplacement,
  type Pieces,
  writing,
} from './write-file.ts';

const { O_WRONLY, O_APPEND, O_NOCTTY, O_NONBLOCK } = constants;
const DEFAULT_MODE = 0o666;
const PERMISSIONS = 0o777;
const RETRY_MS = 10;
const READER_LIMIT_MS = 10_000;

/** Without O_NONBLOCK a signal would not be handled while it waits. */
const afterRetries = async <T>(code: string, limitMs: number, work: () => T): Promise<T> => {
  for (const untilMs = performance.now() + limitMs; ; )
    try {
      return work();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== code || performance.now() > untilMs) throw error;
      await sleep(RETRY_MS);
    }
};

/** A device, a fifo, or a descriptor that this process inherited. */
const streamOutput = (path: string, fd: number, close: () => void): FileOutput => ({
  async write(piece) {
    const bytes = bytesOf(piece);
    try {
      for (let done = 0; done < bytes.length; )
        done += await afterRetries('EAGAIN', Number.POSITIVE_INFINITY, () =>
          writeSync(fd, bytes, done, bytes.length - done),
        );
    } catch (error) {
      throw cannotWrite(error, path);
    }
  },
  commit: () => writing(path, close),
  discard: close,
});

const openStream = async (path: string): Promise<FileOutput> => {
  try {
    const fd = await afterRetries('ENXIO', READER_LIMIT_MS, () =>
      openSync(path, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK),
    );
    return streamOutput(path, fd, () => closeSync(fd));
  } catch (error) {
    throw cannotWrite(error, path);
  }
};

const MOST_LINKS = 40;

/** The path with all links followed; its file may be missing. */
const followed = (path: string): string => {
  let at = path;
  for (let links = 0; links <= MOST_LINKS; links++) {
    const folder = realpathSync.native(dirname(at));
    const place = join(folder, basename(at));
    // The links there name no path: /dev/stdout, /dev/fd/3.
    if (folder.startsWith('/proc/')) return place;
    if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return place;
    const to = readlinkSync(place);
    at = isAbsolute(to) ? to : `${folder}/${to}`;
  }
  throw new ResultsError(`cannot write ${path}: too many symbolic links`, { code: 'ELOOP' });
};

const OWN_DESCRIPTOR = new RegExp(`^/proc/${process.pid}/(?:task/\\d+/)?fd/(\\d+)$`);

/** For a path that the user named. */
const openNamed = async (path: string): Promise<FileOutput> => {
  const stat = writing(path, () => statSync(path, { throwIfNoEntry: false }));
  if (stat?.isDirectory() || stat?.isBlockDevice()) throw wrongKind({ doing: 'write', path }, stat, 'a file');
  if (path.endsWith('/')) throw new ResultsError(`cannot write ${path}: this names a folder`);
  const place = writing(path, () => followed(path));
  const descriptor = OWN_DESCRIPTOR.exec(place)?.[1];
  if (descriptor !== undefined) return streamOutput(path, Number(descriptor), () => {});
  if (stat === undefined) return openReplacement(place, { mode: DEFAULT_MODE });
  if (!stat.isFile()) return openStream(place);
  return openReplacement(place, { mode: stat.mode & PERMISSIONS, isExact: true });
};

/**
 * Writes a path that the user named: a file is replaced when all of the text is written, also through links; a device, a fifo or a
 * descriptor such as /dev/stdout is written to. All pieces are text, or all are bytes.
 */
export const writeTo = async (path: string, pieces: Pieces): Promise<void> =>
  fill(await openNamed(path), pieces);
