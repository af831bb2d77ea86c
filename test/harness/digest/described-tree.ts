// A described tree with all entries that a mount shows differently from their description.
import { toBytes } from '../../../harness/model/bytes.ts';
import { newTreeBuilder } from '../../../harness/model/columns.ts';
import {
  type Inode,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  S_IFSOCK,
  type Tree,
} from '../../../harness/model/tree.ts';
import { verityDigest } from '../../../harness/store/verity.ts';

export const OBJECT = 'contents of an object, long enough to be one\n'.repeat(300);
export const OBJECT_DIGEST = verityDigest(toBytes(OBJECT));
export const OBJECT_PATH = `${OBJECT_DIGEST.slice(0, 2)}/${OBJECT_DIGEST.slice(2)}`;

const inode = (mode: number, parts: Partial<Inode> = {}): Inode => ({
  mode,
  nlink: 1,
  uid: 0,
  gid: 0,
  rdev: 0,
  size: 0n,
  mtimeSec: 1_600_000_000n,
  mtimeNsec: 123_456_789,
  payload: null,
  content: null,
  digest: null,
  xattrs: [],
  ...parts,
});

const inline = (content: string): Partial<Inode> => ({ content, size: BigInt(content.length) });

const directory = (parts: Partial<Inode> = {}): Inode => inode(S_IFDIR | 0o755, { nlink: 2, ...parts });

/** `changed` replaces entries by path, for tests of differences. */
export const describedTree = (changed: Partial<Inode> = {}): Tree => {
  const builder = newTreeBuilder();
  const add = (parent: number, name: string, described: Inode) => builder.add(parent, name, described);
  const root = add(-1, '', directory({ mtimeNsec: 7, xattrs: [['user.on-root', '1']] }));
  const dir = add(root, 'dir', directory({ uid: 5, gid: 70_000, mtimeSec: -5n }));
  add(
    root,
    'dir.txt',
    inode(S_IFREG | 0o4755, { ...inline('inline'), xattrs: [['security.capability', CAPABILITY]] }),
  );
  const object = { size: BigInt(OBJECT.length), payload: OBJECT_PATH, digest: OBJECT_DIGEST };
  add(dir, 'object', inode(S_IFREG | 0o600, { ...object, xattrs: [['user.a', '\0\xff']], ...changed }));
  add(dir, 'same-object', inode(S_IFREG | 0o644, { ...object, mtimeNsec: 0 }));
  add(dir, 'empty', inode(S_IFREG | 0o644));
  add(dir, 'odd\t\xff\\ \n', inode(S_IFREG | 0o644));
  add(root, 'symlink', inode(S_IFLNK | 0o777, { payload: '../x\xff', size: 5n, xattrs: LINK_XATTRS }));
  add(root, 'char', inode(S_IFCHR | 0o600, { rdev: 0x103, xattrs: [['user.unreadable', '1']] }));
  // Major 300, minor 70000: both need more than eight bits.
  add(
    root,
    'block',
    inode(S_IFBLK | 0o600, { rdev: (70_000 & 0xff) | (300 << 8) | ((70_000 & ~0xff) << 12) }),
  );
  add(root, 'fifo', inode(S_IFIFO | 0o600));
  add(root, 'socket', inode(S_IFSOCK | 0o600));
  add(root, '00', inode(S_IFREG | 0o644, inline('a name that the store also wants')));
  add(root, 'zz', inode(S_IFREG | 0o640, { ...inline('two names'), nlink: 1 }));
  builder.addLink(dir, 'linked', '/zz');
  const layered = add(root, 'layered', directory({ xattrs: [['trusted.overlay.opaque', 'y']] }));
  add(layered, 'gone', inode(S_IFCHR | 0o644, { uid: 3, xattrs: [['user.kept', 'z']] }));
  builder.addLink(root, 'also-gone', '/layered/gone');
  add(layered, 'private', inode(S_IFREG | 0o644, { ...inline('x'), xattrs: PRIVATE_XATTRS }));
  const opaque = add(root, 'opaque', directory({ xattrs: OPAQUE_XATTRS }));
  add(opaque, 'below', inode(S_IFREG | 0o644));
  return builder.finish();
};

/** cap_net_raw=ep as version 2 of the attribute. */
const CAPABILITY = '\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0';
const LINK_XATTRS = [
  ['trusted.on-link', '1'],
  ['user.unreadable', '1'],
] as const;
const PRIVATE_XATTRS = [
  ['trusted.overlay.metacopy', ''],
  ['trusted.overlay.overlay.twice', '2'],
  ['trusted.overlay.redirect', '/elsewhere'],
  ['user.overlay.metacopy', '1'],
] as const;
const OPAQUE_XATTRS = [
  ['trusted.overlay.opaque', 'y'],
  ['user.overlay.opaque', 'y'],
] as const;
