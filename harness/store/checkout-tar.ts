// A checkout as two tars. The link store: every distinct file once, with its attributes. The tree: everything else, and a hard link into
// the link store for every file. Linked names share one inode, so the key of a file covers contents, mode, owner, mtime and attributes.
import { createHash } from 'node:crypto';
import { toBytes } from '../model/bytes.ts';
import type { Image } from '../model/image.ts';
import type { Entry, Tree } from '../model/tree.ts';
import { BulkWriter, filePieces } from './bulk.ts';
import { hardLink, inOrder, member } from './layer-tar.ts';
import { hasObject } from './prepare.ts';
import { memberHeader, padding, TAR_END } from './tar-header.ts';

/** Placeholder for the link store's folder in link targets; tar replaces it when it unpacks. */
export const LINK_STORE_MARK = '@store';

/** The file's name in the link store, 64 hex digits. */
export const linkKey = ({ digest, mode, uid, gid, mtimeSec, mtimeNsec, xattrs }: Entry): string =>
  createHash('sha256')
    .update(JSON.stringify([digest, mode, uid, gid, String(mtimeSec), mtimeNsec, xattrs]))
    .digest('hex');

/** The entry that carries the inode, if its contents are an object; else null. */
export const linkedFileOf = (tree: Tree, entry: Entry): Entry | null => {
  const carrier = entry.link === null ? entry : tree.entry(entry.link);
  return hasObject(carrier) ? carrier : null;
};

/** Link store keys of all files of a tree. */
export const linkKeys = (tree: Tree): Set<string> => {
  const keys = new Set<string>();
  for (let index = 0; index < tree.count; index++) {
    const entry = tree.entry(index);
    if (hasObject(entry)) keys.add(linkKey(entry));
  }
  return keys;
};

/** Without the files that `without` has. */
export const writeLinkStoreTar = (
  path: string,
  { tree, objects, packPath, packOffsets }: Image,
  without: ReadonlySet<string>,
): void => {
  const offsets = new Map(objects.map(({ digest }, i) => [digest, packOffsets[i]!]));
  const seen = new Set<string>();
  const out = new BulkWriter(path);
  try {
    for (const [entry] of inOrder(tree)) {
      if (!hasObject(entry)) continue;
      const key = linkKey(entry);
      if (seen.has(key) || without.has(key)) continue;
      seen.add(key);
      const full = member(entry, key, { rootless: false });
      out.write(memberHeader(full));
      for (const piece of filePieces(packPath, offsets.get(entry.digest!)!, full.sizeBytes)) out.write(piece);
      out.write(padding(full.sizeBytes));
    }
    out.write(TAR_END);
  } finally {
    out.close();
  }
};

/** Small and empty files are full members: they have no object, and linking them would save nothing. */
export const writeTreeTar = (path: string, { tree }: Image): void => {
  const firstNames = new Map<number, string>();
  const out = new BulkWriter(path);
  try {
    for (const [entry, name] of inOrder(tree)) {
      const full = member(entry, name, { rootless: false });
      const file = linkedFileOf(tree, entry);
      const inode = entry.link ?? entry.index;
      const first = firstNames.get(inode);
      if (file !== null) out.write(memberHeader(hardLink(full, `${LINK_STORE_MARK}/${linkKey(file)}`)));
      else if (first !== undefined) out.write(memberHeader(hardLink(full, first)));
      else {
        firstNames.set(inode, name);
        out.write(memberHeader(full));
        if (entry.content === null || full.sizeBytes === 0) continue;
        out.write(toBytes(entry.content));
        out.write(padding(full.sizeBytes));
      }
    }
    out.write(TAR_END);
  } finally {
    out.close();
  }
};

/** The later names of the image's own hard links, then their folders, whose mtimes must be set again. */
export const writeRelinkTar = (path: string, { tree }: Image): void => {
  const firstNames = new Map<number, string>();
  const links: { readonly entry: Entry; readonly name: string; readonly first: string }[] = [];
  for (const [entry, name] of inOrder(tree)) {
    const inode = entry.link ?? entry.index;
    const first = firstNames.get(inode);
    if (first === undefined) firstNames.set(inode, name);
    else links.push({ entry, name, first });
  }
  const out = new BulkWriter(path);
  try {
    for (const { entry, name, first } of links)
      out.write(memberHeader(hardLink(member(entry, name, { rootless: false }), first)));
    // Folders come last: tar sets a folder's mtime at the first member outside it.
    for (const parent of new Set(links.map(({ entry }) => entry.parent)))
      out.write(memberHeader(member(tree.entry(parent), firstNames.get(parent)!, { rootless: false })));
    out.write(TAR_END);
  } finally {
    out.close();
  }
};
