// Images without mounting them: build one, look at one, print one.
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ImageFacts, inspectImage } from '../erofs/inspect.ts';
import { readImage } from '../erofs/read-image.ts';
import { versionOf, writeImage } from '../erofs/writer.ts';
import { printDump } from '../images/dump-print.ts';
import { UserError } from '../model/errors.ts';
import { VerityHasher, verityDigest } from '../store/verity.ts';
import { openAnySource } from './sources.ts';

const systemError = (what: string, path: string, error: unknown): unknown => {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const { code = 'EIO', message } = error as NodeJS.ErrnoException;
  return new UserError(what, { code, facts: [`file: ${path}`, message] });
};

const writeAll = (fd: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at);
};

interface Written {
  readonly imageBytes: number;
  readonly digest: string;
}

/** Under a temporary name beside the target, renamed when complete: a half-written image is never seen. */
const writeFile = (path: string, pieces: Iterable<Uint8Array>): Written => {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const hasher = new VerityHasher();
  let imageBytes = 0;
  let fd: number | null = null;
  try {
    fd = openSync(temporary, 'wx', 0o644);
    for (const piece of pieces) {
      writeAll(fd, piece);
      hasher.update(piece);
      imageBytes += piece.length;
    }
    closeSync(fd);
    fd = null;
    renameSync(temporary, path);
    return { imageBytes, digest: hasher.digest() };
  } catch (error) {
    if (fd !== null) closeSync(fd);
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') rmSync(temporary, { force: true });
    throw systemError('the image cannot be written', path, error);
  }
};

export const build = async (spec: string, out: string, version: 0 | 1 | undefined): Promise<void> => {
  const source = await openAnySource(spec);
  try {
    const options = { imageVersion: version ?? versionOf(source.tree) };
    const { imageBytes, digest } = writeFile(out, writeImage(source.tree, options));
    process.stdout.write(
      `${out}\n  version ${options.imageVersion}, ${source.tree.count} entries, ${imageBytes} bytes\n  fs-verity ${digest}\n`,
    );
  } finally {
    await source.close();
  }
};

const readFile = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (error) {
    throw systemError('the image cannot be read', path, error);
  }
};

/** An error about a file should say which. */
const about = <T>(path: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, {
      code: error.code,
      facts: [`file: ${path}`, ...error.facts],
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
};

const table = (facts: ImageFacts, digest: string): string => {
  const rows: readonly (readonly [string, string | number])[] = [
    ['composefs version', facts.composefsVersion],
    ['size', `${facts.imageBytes} bytes`],
    ['fs-verity digest', digest],
    ['inodes', `${facts.inodeCount} (${facts.compactCount} compact, ${facts.extendedCount} extended)`],
    ['names', facts.nameCount],
    ['directories', facts.directoryCount],
    [
      'files',
      `${facts.fileCount} (${facts.objectFileCount} objects, ${facts.inlineFileCount} inline, ${facts.emptyFileCount} empty)`,
    ],
    ['symlinks', facts.symlinkCount],
    [
      'devices',
      `${facts.charDeviceCount - facts.storeWhiteoutCount} char, ${facts.blockDeviceCount} block, ${facts.storeWhiteoutCount} whiteouts over the object store`,
    ],
    ['fifos, sockets', `${facts.fifoCount}, ${facts.socketCount}`],
    ['bytes in objects', facts.objectFileBytes],
    ['bytes inline', facts.inlineFileBytes],
    ['distinct objects', facts.objectCount],
    [
      'shared attributes',
      `${facts.sharedXattrCount} in ${facts.sharedXattrBytes} bytes, referred to ${facts.sharedXattrReferenceCount} times`,
    ],
    ['inline attributes', facts.inlineXattrCount],
    ['ACLs', facts.hasAcl ? 'yes' : 'no'],
    ['build time', `${facts.buildTimeSec}.${String(facts.buildTimeNsec).padStart(9, '0')}`],
  ];
  return rows.map(([title, value]) => `${title.padEnd(18)} ${value}\n`).join('');
};

export const inspect = (path: string, json: boolean): void => {
  const image = readFile(path);
  const facts = about(path, () => inspectImage(image));
  const digest = verityDigest(image);
  process.stdout.write(json ? `${JSON.stringify({ ...facts, digest }, null, 2)}\n` : table(facts, digest));
};

export const dump = async (path: string): Promise<void> => {
  const tree = about(path, () => readImage(readFile(path)));
  for (const piece of printDump(tree)) if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
};
