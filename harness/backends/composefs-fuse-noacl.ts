// The same server, which answers "not supported" for access control lists if the image has none.
//
// Error:   for their names the errno is EOPNOTSUPP, where EROFS + overlayfs gives ENODATA; the reference server gives EOPNOTSUPP, too.
import type { Backend } from '../model/backend.ts';
import { fuseBackend } from './fuse-server.ts';
import { FUSE_SERVER } from './needs.ts';

export const backend: Backend = fuseBackend({
  id: 'composefs-fuse-noacl',
  title: 'composefs over FUSE, without ACLs',
  how: 'As composefs-fuse, but the server answers "not supported" for access control lists if no file of the image has one, so that ls stops asking for them.',
  answers: 'How much of the cost of FUSE is ls asking each file for its access control list?',
  needs: FUSE_SERVER,
  flags: ['--xattr', 'no-acl'],
  took: { xattr: 'no-acl' },
});
