// Filters of attribute names in an EROFS image: the kernel finds most absent attributes by them, without a search.
//
// Does:    reads one number of the superblock of a built image, once, outside every window. `took` of its mounts says whether it has filters.
// Error:   older tools than the filters (erofs-utils 1.5, as in Debian 12) make images without them; manifests always have them.
// Source:  fs/erofs/erofs_fs.h: EROFS_FEATURE_COMPAT_XATTR_FILTER (Linux 6.6); older kernels ignore the bit.
import { closeSync, openSync, readSync } from 'node:fs';
import type { Prepared } from '../model/backend.ts';

export const FEATURE_COMPAT_AT = 1024 + 8;
export const XATTR_FILTER = 4;

const compatOf = (file: string): number => {
  const fd = openSync(file, 'r');
  try {
    const word = Buffer.alloc(4);
    readSync(fd, word, 0, word.length, FEATURE_COMPAT_AT);
    return word.readUInt32LE(0);
  } finally {
    closeSync(fd);
  }
};

/** The mounts of `prepared` say whether the image in the file `built`, which create copies, has filters of attribute names. */
export const namingFilters = (prepared: Prepared, built: string): Prepared => {
  const filters = (compatOf(built) & XATTR_FILTER) === 0 ? 'none' : 'of attribute names';
  return {
    ...prepared,
    async create(...given) {
      const created = await prepared.create(...given);
      return {
        ...created,
        async mount(...where) {
          const mounted = await created.mount(...where);
          return { ...mounted, took: { ...mounted.took, filters } };
        },
      };
    },
  };
};
