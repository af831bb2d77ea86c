// The same server, which answers "not supported" for access control lists, for SELinux labels, or for every attribute, if no file of
// the image has one.
//
// Error:   then the errno is EOPNOTSUPP, also for every attribute, where EROFS + overlayfs gives ENODATA.
import type { Backend } from '../model/backend.ts';
import { fuseBackend } from './fuse-server.ts';
import { FUSE_SERVER } from './needs.ts';

export const backend: Backend = fuseBackend({
  id: 'composefs-fuse-noxattr',
  title: 'composefs over FUSE, absent attribute names unsupported',
  how: 'As composefs-fuse, but the server answers "not supported" for access control lists and SELinux labels if no file of the image has one, and for every attribute if no file has any, so that ls stops asking for them.',
  answers:
    'How much of the cost of FUSE is ls asking each file for labels and ACLs that no file of the image has?',
  needs: FUSE_SERVER,
  flags: ['--xattr', 'auto'],
  took: { xattr: 'auto' },
});
