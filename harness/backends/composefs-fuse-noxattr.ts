// The same server, told to say of attribute names that occur nowhere in the image that they are not supported.
//
// Error:   errnos differ from those of EROFS + overlayfs for such names: EOPNOTSUPP where that says ENODATA.
import type { Backend } from '../model/backend.ts';
import { FUSE_NEEDS, fuseBackend } from './fuse-server.ts';

export const backend: Backend = fuseBackend({
  id: 'composefs-fuse-noxattr',
  title: 'composefs over FUSE, absent attribute names unsupported',
  how: 'As composefs-fuse, but attribute names that occur nowhere in the image are answered as not supported, so that ls stops asking for each file.',
  answers:
    'How much of what FUSE costs is ls asking each file for labels and ACLs that no file of the image has?',
  needs: FUSE_NEEDS,
  flags: ['--xattr', 'auto'],
  took: { xattr: 'auto' },
});
