// `cfsbench image`: builds, inspects and dumps images without mounting them.
import { readRegular } from '../../results/files.ts';
import { visible } from '../../results/visible.ts';
import { type ImageFacts, inspectImage } from '../erofs/inspect.ts';
import { readImage } from '../erofs/read-image.ts';
import { versionOf, writeImage } from '../erofs/writer.ts';
import { printDump } from '../images/dump-print.ts';
import { UserError } from '../model/errors.ts';
import { LIMITS } from '../model/input-limits.ts';
import { VerityHasher, verityDigest } from '../store/verity.ts';
import { openAnySource } from './sources.ts';
import { writeOut } from './write-out.ts';

interface Digested {
  imageBytes: number;
  readonly hasher: VerityHasher;
}

function* digesting(pieces: Iterable<Uint8Array>, into: Digested): Generator<Uint8Array> {
  for (const piece of pieces) {
    into.hasher.update(piece);
    into.imageBytes += piece.length;
    yield piece;
  }
}

export const build = async (spec: string, out: string, version: 0 | 1 | undefined): Promise<void> => {
  const source = await openAnySource(spec);
  try {
    const options = { imageVersion: version ?? versionOf(source.tree) };
    const written: Digested = { imageBytes: 0, hasher: new VerityHasher() };
    await writeOut(digesting(writeImage(source.tree, options), written), out);
    process.stdout.write(
      `${visible(out)}\n  version ${options.imageVersion}, ${source.tree.count} entries, ${written.imageBytes} bytes\n  fs-verity ${written.hasher.digest()}\n`,
    );
  } finally {
    await source.close();
  }
};

export const readImageFile = (path: string): Buffer =>
  readRegular(path, { mostBytes: LIMITS.imageBytes, mayBeLink: true });

/** Adds the path to errors of `work`. */
export const naming = <T>(path: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, {
      code: error.code,
      exit: error.exit,
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
  const image = readImageFile(path);
  const facts = naming(path, () => inspectImage(image));
  const digest = verityDigest(image);
  process.stdout.write(
    json ? `${JSON.stringify({ ...facts, digest }, null, 2)}\n` : factsText(facts, digest),
  );
};

export const dump = async (path: string): Promise<void> => {
  const tree = naming(path, () => readImage(readImageFile(path)));
  await writeOut(printDump(tree), undefined);
};
