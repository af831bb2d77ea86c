// The same server, which answers "not supported" for attribute names that occur nowhere in the image.
//
// Error:   for such names the errno is EOPNOTSUPP, where EROFS + overlayfs gives ENODATA.
import type { Backend } from '../model/backend.ts';
import { fuseBackend } from './fuse-server.ts';
import { FUSE_SERVER } from './needs.ts';

export const backend: Backend = fuseBackend({
  id: 'composefs-fuse-noxattr',
  title: 'composefs over FUSE, absent attribute names unsupported',
  how: 'As composefs-fuse, but the server answers "not supported" for attribute names that occur nowhere in the image, so that ls stops asking for them.',
  answers:
    'How much of the cost of FUSE is ls asking each file for labels and ACLs that no file of the image has?',
  needs: FUSE_SERVER,
  flags: ['--xattr', 'auto'],
  took: { xattr: 'auto' },
});
