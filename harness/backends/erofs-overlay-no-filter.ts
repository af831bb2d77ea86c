// EROFS below overlayfs, from a manifest that does not announce its attribute filters: every absent attribute is searched for.
//
// Needs:   what erofs-overlay needs.
// Does:    clears one bit of the superblock (feature_compat 4) in the copy that create writes; the rest is the same bytes.
// Source:  fs/erofs/erofs_fs.h: EROFS_FEATURE_COMPAT_XATTR_FILTER (Linux 6.6); kernels before it ignore the bit.
import type { Backend } from '../model/backend.ts';
import { DATA_LOWERS, dataOverlay, ROOT } from './data-overlay.ts';
import { manifestLifecycle } from './manifest.ts';

const FEATURE_COMPAT_AT = 1024 + 8;
const XATTR_FILTER = 4;

const withoutFilter = (manifest: Uint8Array): Uint8Array => {
  const bytes = Buffer.from(manifest);
  bytes.writeUInt32LE(bytes.readUInt32LE(FEATURE_COMPAT_AT) & ~XATTR_FILTER, FEATURE_COMPAT_AT);
  return bytes;
};

export const backend: Backend = {
  id: 'erofs-overlay-no-filter',
  title: 'EROFS without attribute filters + overlayfs',
  how: 'As erofs-overlay, from a manifest whose superblock does not announce the filters of extended attributes.',
  answers: 'Do the filters of extended attributes close the warm gap?',
  idle: [],
  needs: [ROOT, { title: 'EROFS mounts', anyOf: ['erofs-file', 'erofs-loop'] }, DATA_LOWERS],
  shows: 'contents',
  options: {},
  prepare: async (image, machine) =>
    manifestLifecycle(
      image,
      machine,
      dataOverlay(image, machine, { source: 'best' }),
      withoutFilter(image.manifest),
    ),
};
