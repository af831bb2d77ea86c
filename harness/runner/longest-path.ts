// Images whose paths are too long for the mounts of a run.
//
// Source: path_resolution(7): a system call takes a path of 4095 bytes.
import type { SourceImage } from '../model/image.ts';
import type { Tree } from '../model/tree.ts';

const PATH_BYTES = 4095;
/** Of the names between the work folder and the root of a mount. */
const MOUNT_BYTES = 160;

const longestPath = (tree: Tree): number => {
  const bytes = new Uint32Array(tree.count);
  let longest = 0;
  for (let index = 1; index < tree.count; index++) {
    const { parent, name } = tree.entry(index);
    bytes[index] = bytes[parent]! + 1 + name.length;
    longest = Math.max(longest, bytes[index]!);
  }
  return longest;
};

/** The reason why every entry of an image and its layers cannot be reached below `workFolder`, or null. */
export const tooLongPath = (
  { tree, layers }: Pick<SourceImage, 'tree' | 'layers'>,
  workFolder: string,
): string | null => {
  // Layers are unpacked with the paths that upper layers hide.
  const longest = Math.max(...[...new Set([tree, ...layers])].map(longestPath));
  const most = PATH_BYTES - MOUNT_BYTES - Buffer.byteLength(workFolder);
  return longest <= most ? null : `a path of ${longest} bytes, at most ${most} below this work folder`;
};
