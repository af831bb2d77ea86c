// Facts about an image for `image inspect`.
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG, S_IFSOCK } from '../model/tree.ts';
import { recordsOf } from './directory-view.ts';
import { LAYOUT_CHUNKED, roundUp, XATTR_ENTRY_BYTES } from './format.ts';
import { objectPaths } from './objects.ts';
import { ImageView } from './view.ts';
import { eachInode } from './walk.ts';
import { inlineXattrs, sharedOffsets, sharedXattr } from './xattr-view.ts';

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

export const inspectImage = (image: Uint8Array): ImageFacts => {
  const view = new ImageView(image);
  const types = new Map<number, number>();
  const shared = new Map<number, number>();
  let [inodeCount, nameCount, storeWhiteoutCount, compactCount] = [0, 0, 0, 0];
  let [inlineFileCount, inlineFileBytes, objectFileCount, emptyFileCount] = [0, 0, 0, 0];
  let [objectFileBytes, sharedXattrReferenceCount, inlineXattrCount] = [0n, 0, 0];
  eachInode(view, (inode) => {
    const { type } = inode;
    inodeCount++;
    types.set(type, (types.get(type) ?? 0) + 1);
    if (!inode.extended) compactCount++;
    if (type === S_IFCHR && inode.union === 0) storeWhiteoutCount++;
    if (type === S_IFDIR)
      for (const { name } of recordsOf(inode)) if (name !== '.' && name !== '..') nameCount++;
    if (type === S_IFREG)
      if (inode.layout === LAYOUT_CHUNKED) {
        objectFileCount++;
        objectFileBytes += inode.size;
      } else if (inode.size === 0n) emptyFileCount++;
      else {
        inlineFileCount++;
        inlineFileBytes += Number(inode.size);
      }
    inlineXattrCount += inlineXattrs(inode).length;
    for (const offset of sharedOffsets(inode)) {
      sharedXattrReferenceCount++;
      if (shared.has(offset)) continue;
      const { suffixBytes, valueBytes } = sharedXattr(view, offset);
      shared.set(offset, roundUp(XATTR_ENTRY_BYTES + suffixBytes + valueBytes, 4));
    }
  });
  const count = (type: number): number => types.get(type) ?? 0;
  return {
    composefsVersion: view.composefsVersion,
    imageBytes: image.length,
    hasAcl: view.hasAcl,
    buildTimeSec: view.buildTimeSec.toString(),
    buildTimeNsec: view.buildTimeNsec,
    inodeCount,
    nameCount,
    directoryCount: count(S_IFDIR),
    fileCount: count(S_IFREG),
    symlinkCount: count(S_IFLNK),
    charDeviceCount: count(S_IFCHR),
    blockDeviceCount: count(S_IFBLK),
    fifoCount: count(S_IFIFO),
    socketCount: count(S_IFSOCK),
    storeWhiteoutCount,
    compactCount,
    extendedCount: inodeCount - compactCount,
    inlineFileCount,
    inlineFileBytes,
    objectFileCount,
    objectFileBytes: objectFileBytes.toString(),
    emptyFileCount,
    objectCount: objectPaths(image).size,
    sharedXattrCount: shared.size,
    sharedXattrBytes: [...shared.values()].reduce((sum, bytes) => sum + bytes, 0),
    sharedXattrReferenceCount,
    inlineXattrCount,
  };
};
