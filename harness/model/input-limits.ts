// Limits on inputs that others made: dumps, layers, images, directories. They bound memory, disk and time. Real images stay far below.
import { UserError } from './errors.ts';
import type { Xattr } from './tree.ts';

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;

export const LIMITS = {
  /** Names in a tree, and names in all layers of an image together. One takes up to 1 KB of memory while it is read. */
  entries: 4 * MIB,
  /** Bytes of a tree's names, link targets, small contents and distinct attributes: as many as this, … */
  textBytes: 64 * MIB,
  /** … and as many for each entry. */
  textBytesPerEntry: KIB,
  /** A path in a tree. One system call takes 4096 bytes; a program that changes into directories reaches longer ones. */
  pathBytes: 64 * KIB,
  /** Names of one entry's attributes, each with a zero byte: XATTR_LIST_MAX of the kernel. */
  xattrNamesBytes: 64 * KIB,
  /** Value of one attribute: XATTR_SIZE_MAX of the kernel. */
  xattrValueBytes: 64 * KIB,
  /** Text of a dump, decompressed. `image dump` writes no more. */
  dumpBytes: 4 * GIB,
  /** A line of a dump: four bytes for each byte of the longest path, target, contents and attributes are less. */
  dumpLineBytes: MIB,
  /** Layers of an image; overlayfs mounts 500. */
  layers: 4096,
  /** All layers of an image, decompressed, with the holes of sparse files. */
  layerBytes: 64 * GIB,
  /** An extended header of a tar member: attributes, long names. */
  tarHeaderBytes: MIB,
  /** Records of all global extended headers of a tar. */
  tarGlobalRecords: 128,
  /** A composefs image file, which is read into memory. */
  imageBytes: 2 * GIB - 1,
  /** A JSON file of an OCI layout; the specification asks readers to accept manifests of 4 MiB. */
  layoutJsonBytes: 4 * MIB,
} as const;

export type LimitName = keyof typeof LIMITS;

const FILE = 'harness/model/input-limits.ts';

/** `sentence`: names the part that is too large. */
export const beyondLimit = (name: LimitName, sentence: string, facts: readonly string[] = []): UserError =>
  new UserError(sentence, {
    code: 'limit',
    facts: [...facts, `limit: ${LIMITS[name]}`],
    hint: `if you trust the input, raise ${name} in ${FILE} and build again`,
  });

/** Throws if a tree of this size takes too much memory. */
export const checkTreeSize = (
  entries: number,
  textBytes: number,
  facts: () => readonly string[] = () => [],
): void => {
  if (entries > LIMITS.entries)
    throw beyondLimit('entries', `there are more than ${LIMITS.entries} entries`, facts());
  if (textBytes <= LIMITS.textBytes + entries * LIMITS.textBytesPerEntry) return;
  throw beyondLimit('textBytes', 'the names, link targets, attributes and small contents are too long', [
    ...facts(),
    `first ${entries} entries: ${textBytes} bytes`,
  ]);
};

/** Throws if the kernel cannot hold these attributes on one inode. */
export const checkXattrs = (xattrs: readonly Xattr[], facts: () => readonly string[] = () => []): void => {
  let namesBytes = 0;
  for (const [name, value] of xattrs) {
    namesBytes += name.length + 1;
    if (value.length > LIMITS.xattrValueBytes)
      throw beyondLimit(
        'xattrValueBytes',
        `an attribute has more than ${LIMITS.xattrValueBytes} bytes`,
        facts(),
      );
  }
  if (namesBytes > LIMITS.xattrNamesBytes)
    throw beyondLimit(
      'xattrNamesBytes',
      `the names of an entry's attributes take more than ${LIMITS.xattrNamesBytes} bytes`,
      facts(),
    );
};
