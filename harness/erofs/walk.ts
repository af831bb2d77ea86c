// Visits every inode of an image once, without names and attributes.
import { beyondLimit, LIMITS } from '../model/input-limits.ts';
import { S_IFDIR } from '../model/tree.ts';
import { eachNid } from './directory-view.ts';
import { SLOT_BYTES, STORE_FOLDERS } from './format.ts';
import { InodeView } from './inode-view.ts';
import { badImage, type ImageView } from './view.ts';

export const eachInode = (view: ImageView, visit: (inode: InodeView) => void): void => {
  const seen = new Uint8Array(Math.ceil(view.bytes.length / SLOT_BYTES));
  const directories: InodeView[] = [];
  let count = 0;
  const visitOnce = (nid: number): void => {
    if (seen[nid] === 1) return;
    seen[nid] = 1;
    if (++count > LIMITS.entries + STORE_FOLDERS)
      throw beyondLimit('entries', `the image has more than ${LIMITS.entries} inodes`);
    const inode = new InodeView(view, nid);
    if (inode.type === S_IFDIR) directories.push(inode);
    visit(inode);
  };
  visitOnce(view.rootNid);
  if (directories.length === 0) throw badImage(view.rootNid * SLOT_BYTES, 'the root is not a directory');
  for (let next = directories.pop(); next !== undefined; next = directories.pop()) eachNid(next, visitOnce);
};
