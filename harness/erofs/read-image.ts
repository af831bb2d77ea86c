// Reads an image back into the tree that it was made of, without the additions of the writer.
import { compareBytes } from '../model/bytes.ts';
import { newTreeBuilder, TreeError } from '../model/columns.ts';
import { isDevice } from '../model/inode-type.ts';
import { beyondLimit, LIMITS } from '../model/input-limits.ts';
import { ESCAPED_PREFIX, OVERLAY_PREFIX, seenThroughOverlay } from '../model/overlay-xattrs.ts';
import {
  type Inode,
  S_IFCHR,
  S_IFDIR,
  S_IFLNK,
  S_IFREG,
  type Tree,
  type TreeBuilder,
  type Xattr,
} from '../model/tree.ts';
import { type DirectoryRecord, recordsOf } from './directory-view.ts';
import { LAYOUT_CHUNKED, METACOPY_HEAD, STORE_FOLDERS } from './format.ts';
import { InodeView } from './inode-view.ts';
import { badImage, ImageView } from './view.ts';
import { XattrReader } from './xattr-view.ts';

/** The writer's marks on the file that replaces a whiteout, and on its directory. */
const WHITEOUT_MARKS: readonly string[] = [`${ESCAPED_PREFIX}whiteout`, 'user.overlay.whiteout'];
const HOLDER_MARKS: readonly string[] = [`${ESCAPED_PREFIX}whiteouts`, 'user.overlay.whiteouts'];
const DIGEST_HEAD = String.fromCharCode(...METACOPY_HEAD);
const METACOPY_BYTES = 36;
const MAX_TARGET_BYTES = 4095;
const PERMISSIONS = 0o7777;

const bytesOf = (inode: InodeView): string => {
  let text = '';
  for (const { at, length } of inode.extents()) {
    text += inode.view.bytes.toString('latin1', at, at + length);
    if (text.length > LIMITS.textBytes)
      throw beyondLimit('textBytes', `a file has more than ${LIMITS.textBytes} bytes inside the image`);
  }
  return text;
};

/** Paths end at a zero byte, so that one inside would mean something else to every other program. */
const withoutZero = (inode: InodeView, text: string, part: string): string => {
  if (text.includes('\0')) throw badImage(inode.at, `${part} has a zero byte`);
  return text;
};

const targetOf = (inode: InodeView): string => {
  if (inode.size === 0n || inode.size > BigInt(MAX_TARGET_BYTES))
    throw badImage(inode.at + 8, `the target of a symlink is not 1 to ${MAX_TARGET_BYTES} bytes`);
  return withoutZero(inode, bytesOf(inode), 'the target of a symlink');
};

const digestOf = (inode: InodeView, metacopy: string | undefined): string | null => {
  if (metacopy === undefined || metacopy === '') return null;
  if (metacopy.length !== METACOPY_BYTES) throw badImage(inode.xattrAt, 'a digest does not have 32 bytes');
  if (!metacopy.startsWith(DIGEST_HEAD)) throw badImage(inode.xattrAt, 'a digest is not marked as SHA-256');
  return Buffer.from(metacopy.slice(DIGEST_HEAD.length), 'latin1').toString('hex');
};

const hasMarks = (xattrs: readonly Xattr[], marks: readonly string[]): boolean =>
  marks.every((mark) => xattrs.some(([key, value]) => key === mark && value === ''));

const isWhiteout = (inode: InodeView, xattrs: readonly Xattr[]): boolean =>
  inode.type === S_IFREG && inode.size === 0n && hasMarks(xattrs, WHITEOUT_MARKS);

const described = (xattrs: readonly Xattr[], marks: readonly string[]): readonly Xattr[] =>
  seenThroughOverlay(xattrs.filter(([key]) => !marks.includes(key)));

type InodeContents = Pick<Inode, 'mode' | 'rdev' | 'size' | 'payload' | 'content' | 'digest'>;

const EMPTY: Omit<InodeContents, 'mode'> = { rdev: 0, size: 0n, payload: null, content: null, digest: null };

const regularContents = (inode: InodeView, xattrs: readonly Xattr[]): InodeContents => {
  const { mode, size } = inode;
  if (inode.layout !== LAYOUT_CHUNKED) {
    const content = bytesOf(inode);
    return { ...EMPTY, mode, size, content: content === '' ? null : content };
  }
  const valueOfKey = (key: string): string | undefined => xattrs.find(([known]) => known === key)?.[1];
  const redirect = valueOfKey(`${OVERLAY_PREFIX}redirect`) ?? null;
  return {
    ...EMPTY,
    mode,
    size,
    payload:
      redirect === null ? null : withoutZero(inode, redirect, 'the path of an object').replace(/^\//, ''),
    digest: digestOf(inode, valueOfKey(`${OVERLAY_PREFIX}metacopy`)),
  };
};

const contentsOf = (inode: InodeView, xattrs: readonly Xattr[]): InodeContents => {
  const { type, mode, size } = inode;
  if (type === S_IFREG) return regularContents(inode, xattrs);
  if (inode.layout === LAYOUT_CHUNKED) throw badImage(inode.at, 'an inode that is not a file has chunks');
  if (type === S_IFLNK) return { ...EMPTY, mode, size, payload: targetOf(inode) };
  return { ...EMPTY, mode, size, rdev: isDevice(inode) ? inode.union : 0 };
};

/** Names without `.` and `..`, at most `most`. Checks their order, because the kernel uses binary search. */
const namesOf = (directory: InodeView, most: number): DirectoryRecord[] => {
  const names: DirectoryRecord[] = [];
  let last = '';
  for (const record of recordsOf(directory)) {
    if (compareBytes(last, record.name) >= 0)
      throw badImage(directory.at, 'the names of a directory are not sorted');
    last = record.name;
    if (record.name !== '.' && record.name !== '..') names.push(record);
    if (names.length > most) throw beyondLimit('entries', `the image has more than ${LIMITS.entries} names`);
  }
  return names;
};

interface OpenDirectory {
  readonly index: number;
  readonly at: number;
  readonly names: readonly DirectoryRecord[];
  next: number;
}

class ImageReader {
  readonly #view: ImageView;
  readonly #xattrs: XattrReader;
  readonly #builder: TreeBuilder = newTreeBuilder();
  /** Entry of every inode's first name, the target of later names. */
  readonly #first = new Map<number, number>();
  readonly #open: OpenDirectory[] = [];
  #directoryAt = 0;
  #namesLeft = LIMITS.entries + STORE_FOLDERS;

  constructor(view: ImageView) {
    this.#view = view;
    this.#xattrs = new XattrReader(view);
  }

  #isWhiteout(nid: number): boolean {
    const inode = new InodeView(this.#view, nid);
    return isWhiteout(inode, this.#xattrs.of(inode));
  }

  /** `names`: a directory's records. The writer marks only directories that hold whiteouts. */
  #describe(inode: InodeView, names: readonly DirectoryRecord[]): Inode {
    const xattrs = this.#xattrs.of(inode);
    const whiteout = isWhiteout(inode, xattrs);
    const holder = hasMarks(xattrs, HOLDER_MARKS) && names.some(({ nid }) => this.#isWhiteout(nid));
    const held = whiteout
      ? { ...EMPTY, mode: (inode.mode & PERMISSIONS) | S_IFCHR }
      : contentsOf(inode, xattrs);
    return {
      ...held,
      nlink: inode.nlink,
      uid: inode.uid,
      gid: inode.gid,
      mtimeSec: inode.mtimeSec,
      mtimeNsec: inode.mtimeNsec,
      xattrs: described(xattrs, whiteout ? WHITEOUT_MARKS : holder ? HOLDER_MARKS : []),
    };
  }

  #enter(parent: number, name: string, inode: InodeView): void {
    const names = inode.type === S_IFDIR ? namesOf(inode, this.#namesLeft) : [];
    this.#namesLeft -= names.length;
    const index = this.#builder.add(parent, name, this.#describe(inode, names));
    this.#first.set(inode.nid, index);
    if (inode.type === S_IFDIR) this.#open.push({ index, at: inode.at, names, next: 0 });
  }

  /** Offset of the current directory. */
  get at(): number {
    return this.#directoryAt;
  }

  run(): Tree {
    const root = new InodeView(this.#view, this.#view.rootNid);
    if (root.type !== S_IFDIR) throw badImage(root.at + 4, 'the root is not a directory');
    this.#enter(-1, '', root);
    for (let top = this.#open.at(-1); top !== undefined; top = this.#open.at(-1)) {
      const record = top.names[top.next++];
      if (record === undefined) {
        this.#open.pop();
        continue;
      }
      this.#directoryAt = top.at;
      const known = this.#first.get(record.nid);
      if (known !== undefined) {
        if (new InodeView(this.#view, record.nid).type === S_IFDIR)
          throw badImage(top.at, 'a directory has two names');
        this.#builder.addLink(top.index, record.name, known);
        continue;
      }
      const inode = new InodeView(this.#view, record.nid);
      // These devices hide the object store's folders; whiteouts of the tree are stored as files.
      if (inode.type === S_IFCHR && inode.union === 0) continue;
      this.#enter(top.index, record.name, inode);
    }
    return this.#builder.finish();
  }
}

/**
 * Entries are depth first and sorted; the first of an inode's names carries the inode. An empty file of the tree with both marks of
 * a whiteout is read as a whiteout, because the image stores both alike.
 */
export const readImage = (image: Uint8Array): Tree => {
  const reading = new ImageReader(new ImageView(image));
  try {
    return reading.run();
  } catch (error) {
    // The image has a name that no tree may have.
    if (error instanceof TreeError)
      throw badImage(reading.at, `${error.message} (${error.facts.join(', ')})`);
    throw error;
  }
};
