// Facts about an image for `image inspect`.
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG, S_IFSOCK } from '../model/tree.ts';
import { recordsOf } from './directory-view.ts';
import { LAYOUT_CHUNKED, roundUp, XATTR_ENTRY_BYTES } from './format.ts';
import type { InodeView } from './inode-view.ts';
import { objectPaths } from './objects.ts';
import { ImageView } from './view.ts';
import { eachInode } from './walk.ts';
import { inlineXattrs, SharedOnce, sharedOffsets, sharedXattr } from './xattr-view.ts';

export interface ImageFacts {
  readonly composefsVersion: 0 | 1;
  readonly imageBytes: number;
  readonly hasAcl: boolean;
  /** The smallest mtime in seconds, as text because it may exceed a JavaScript number. */
  readonly buildTimeSec: string;
  readonly buildTimeNsec: number;
  readonly inodeCount: number;
  /** Names in all directories without `.` and `..`. */
  readonly nameCount: number;
  readonly directoryCount: number;
  readonly fileCount: number;
  readonly symlinkCount: number;
  readonly charDeviceCount: number;
  readonly blockDeviceCount: number;
  readonly fifoCount: number;
  readonly socketCount: number;
  /** Devices 0:0 that hide the folders of the object store; included in the char devices. */
  readonly storeWhiteoutCount: number;
  readonly compactCount: number;
  readonly extendedCount: number;
  /** Files are inline (contents in the image), object files, or empty. */
  readonly inlineFileCount: number;
  readonly inlineFileBytes: number;
  readonly objectFileCount: number;
  /** Text, because it may exceed a JavaScript number. */
  readonly objectFileBytes: string;
  readonly emptyFileCount: number;
  /** Distinct redirect targets. */
  readonly objectCount: number;
  readonly sharedXattrCount: number;
  readonly sharedXattrBytes: number;
  readonly sharedXattrReferenceCount: number;
  readonly inlineXattrCount: number;
}

/** Counts while the inodes are visited. */
class ImageCounts {
  readonly types = new Map<number, number>();
  readonly #seen: SharedOnce;
  shared = 0;
  sharedBytes = 0;
  inodes = 0;
  names = 0;
  storeWhiteouts = 0;
  compact = 0;
  inlineFiles = 0;
  inlineFileBytes = 0;
  objectFiles = 0;
  objectFileBytes = 0n;
  emptyFiles = 0;
  sharedReferences = 0;
  inlineXattrs = 0;

  constructor(view: ImageView) {
    this.#seen = new SharedOnce(view);
  }

  add(inode: InodeView): void {
    const { type } = inode;
    this.inodes++;
    this.types.set(type, (this.types.get(type) ?? 0) + 1);
    if (!inode.extended) this.compact++;
    if (type === S_IFCHR && inode.union === 0) this.storeWhiteouts++;
    if (type === S_IFDIR)
      for (const { name } of recordsOf(inode)) if (name !== '.' && name !== '..') this.names++;
    if (type === S_IFREG) this.#addFile(inode);
    this.#addXattrs(inode);
  }

  #addFile(inode: InodeView): void {
    if (inode.layout === LAYOUT_CHUNKED) {
      this.objectFiles++;
      this.objectFileBytes += inode.size;
    } else if (inode.size === 0n) this.emptyFiles++;
    else {
      this.inlineFiles++;
      this.inlineFileBytes += Number(inode.size);
    }
  }

  #addXattrs(inode: InodeView): void {
    this.inlineXattrs += inlineXattrs(inode).length;
    for (const offset of sharedOffsets(inode)) {
      this.sharedReferences++;
      const { suffixBytes, valueBytes } = sharedXattr(inode.view, offset);
      if (!this.#seen.add(offset)) continue;
      this.shared++;
      this.sharedBytes += roundUp(XATTR_ENTRY_BYTES + suffixBytes + valueBytes, 4);
    }
  }

  ofType(type: number): number {
    return this.types.get(type) ?? 0;
  }
}

export const inspectImage = (image: Uint8Array): ImageFacts => {
  const view = new ImageView(image);
  const counts = new ImageCounts(view);
  eachInode(view, (inode) => counts.add(inode));
  return {
    composefsVersion: view.composefsVersion,
    imageBytes: image.length,
    hasAcl: view.hasAcl,
    buildTimeSec: view.buildTimeSec.toString(),
    buildTimeNsec: view.buildTimeNsec,
    inodeCount: counts.inodes,
    nameCount: counts.names,
    directoryCount: counts.ofType(S_IFDIR),
    fileCount: counts.ofType(S_IFREG),
    symlinkCount: counts.ofType(S_IFLNK),
    charDeviceCount: counts.ofType(S_IFCHR),
    blockDeviceCount: counts.ofType(S_IFBLK),
    fifoCount: counts.ofType(S_IFIFO),
    socketCount: counts.ofType(S_IFSOCK),
    storeWhiteoutCount: counts.storeWhiteouts,
    compactCount: counts.compact,
    extendedCount: counts.inodes - counts.compact,
    inlineFileCount: counts.inlineFiles,
    inlineFileBytes: counts.inlineFileBytes,
    objectFileCount: counts.objectFiles,
    objectFileBytes: counts.objectFileBytes.toString(),
    emptyFileCount: counts.emptyFiles,
    objectCount: objectPaths(image).size,
    sharedXattrCount: counts.shared,
    sharedXattrBytes: counts.sharedBytes,
    sharedXattrReferenceCount: counts.sharedReferences,
    inlineXattrCount: counts.inlineXattrs,
  };
};
