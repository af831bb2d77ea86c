// `cfsbench image`: builds, inspects and dumps images without mounting them.
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

const explained = (message: string, path: string, error: unknown): unknown => {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const { code = 'EIO', message: reason } = error as NodeJS.ErrnoException;
  return new UserError(message, { code, facts: [`file: ${path}`, reason] });
};

const writeAll = (fd: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at);
};

interface WrittenImage {
  readonly imageBytes: number;
  readonly digest: string;
}

/** Writes to a temporary name beside the target and renames it when complete: no reader sees half an image. */
const writeFile = (path: string, pieces: Iterable<Uint8Array>): WrittenImage => {
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
    throw explained('cannot write the image', path, error);
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
    throw explained('cannot read the image', path, error);
  }
};

/** Adds the path to errors of `work`. */
const naming = <T>(path: string, work: () => T): T => {
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

type FactRow = readonly [title: string, value: string | number];

const inodeRows = (facts: ImageFacts): readonly FactRow[] => {
  const { objectFileCount, inlineFileCount, emptyFileCount, storeWhiteoutCount } = facts;
  const charDeviceCount = facts.charDeviceCount - storeWhiteoutCount;
  return [
    ['inodes', `${facts.inodeCount} (${facts.compactCount} compact, ${facts.extendedCount} extended)`],
    ['names', facts.nameCount],
    ['directories', facts.directoryCount],
    [
      'files',
      `${facts.fileCount} (${objectFileCount} objects, ${inlineFileCount} inline, ${emptyFileCount} empty)`,
    ],
    ['symlinks', facts.symlinkCount],
    [
      'devices',
      `${charDeviceCount} char, ${facts.blockDeviceCount} block, ${storeWhiteoutCount} whiteouts over the object store`,
    ],
    ['fifos, sockets', `${facts.fifoCount}, ${facts.socketCount}`],
  ];
};

const factsText = (facts: ImageFacts, digest: string): string => {
  const rows: readonly FactRow[] = [
    ['composefs version', facts.composefsVersion],
    ['size', `${facts.imageBytes} bytes`],
    ['fs-verity digest', digest],
    ...inodeRows(facts),
    ['bytes in objects', facts.objectFileBytes],
    ['bytes inline', facts.inlineFileBytes],
    ['distinct objects', facts.objectCount],
    [
      'shared attributes',
      `${facts.sharedXattrCount} in ${facts.sharedXattrBytes} bytes, ${facts.sharedXattrReferenceCount} references`,
    ],
    ['inline attributes', facts.inlineXattrCount],
    ['ACLs', facts.hasAcl ? 'yes' : 'no'],
    ['build time', `${facts.buildTimeSec}.${String(facts.buildTimeNsec).padStart(9, '0')}`],
  ];
  return rows.map(([title, value]) => `${title.padEnd(18)} ${value}\n`).join('');
};

export const inspect = (path: string, json: boolean): void => {
  const image = readFile(path);
  const facts = naming(path, () => inspectImage(image));
  const digest = verityDigest(image);
  process.stdout.write(
    json ? `${JSON.stringify({ ...facts, digest }, null, 2)}\n` : factsText(facts, digest),
  );
};

export const dump = async (path: string): Promise<void> => {
  const tree = naming(path, () => readImage(readFile(path)));
  for (const piece of printDump(tree)) if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
};
