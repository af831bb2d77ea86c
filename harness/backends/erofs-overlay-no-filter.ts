// EROFS below overlayfs, from a manifest that does not announce its attribute filters, so that absent attributes are searched for.
//
// Needs:   the features of erofs-overlay.
// Does:    clears one bit of the superblock (feature_compat 4) in the copy that create writes; all other bytes stay.
// Source:  fs/erofs/erofs_fs.h: EROFS_FEATURE_COMPAT_XATTR_FILTER (Linux 6.6); older kernels ignore the bit.
import type { Backend } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import { dataOverlayBackend } from './data-overlay.ts';
import { FEATURE_COMPAT_AT, XATTR_FILTER } from './erofs-filter.ts';

const withoutFilter = ({ manifest }: Image): Uint8Array => {
  const bytes = Buffer.from(manifest);
  bytes.writeUInt32LE(bytes.readUInt32LE(FEATURE_COMPAT_AT) & ~XATTR_FILTER, FEATURE_COMPAT_AT);
  return bytes;
};

export const backend: Backend = dataOverlayBackend({
  id: 'erofs-overlay-no-filter',
  title: 'EROFS without attribute filters + overlayfs',
  how: 'As erofs-overlay, from a manifest whose superblock does not announce the filters of extended attributes.',
  answers: 'Do the filters of extended attributes make warm walks faster?',
  lower: { source: 'best' },
  manifestBytes: withoutFilter,
});
