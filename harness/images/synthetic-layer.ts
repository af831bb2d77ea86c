// Makes one layer of a generated tree: files with described contents, in directories that are added when an entry needs them.
import { createHash } from 'node:crypto';
import type { ByteString } from '../model/bytes.ts';
import { newTreeBuilder } from '../model/columns.ts';
import type { Random } from '../model/random.ts';
import { type Inode, S_IFDIR, S_IFREG, type TreeBuilder } from '../model/tree.ts';
import { objectOf } from './inode.ts';

/** A placeholder for the digest of contents; the store computes the true digest. */
const describedDigest = (seed: string): string => createHash('sha256').update(seed).digest('hex');

export const EPOCH_SEC = 1_600_000_000;
const AGE_SPREAD_SEC = 100_000_000;

export const BARE = {
  nlink: 1,
  uid: 0,
  gid: 0,
  rdev: 0,
  size: 0n,
  mtimeNsec: 0,
  payload: null,
  content: null,
  digest: null,
  xattrs: [],
};

/** Directories that several layers share, parents before children; the first one is the root. */
export interface DirectorySkeleton {
  readonly parents: Int32Array;
  readonly names: readonly string[];
  readonly mtimes: Float64Array;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** A name made unique by its number, with a realistic length. */
export const nameOf = (number: number, random: Random): ByteString => {
  let name = `${number.toString(36)}-`;
  for (let length = random.int(4, 20); name.length < length; ) name += LETTERS[random.int(0, 25)];
  return name;
};

export const mtime = (random: Random): number => EPOCH_SEC + random.int(0, AGE_SPREAD_SEC);

export interface SyntheticFile {
  readonly mode: number;
  readonly size: number;
  readonly mtimeSec: number;
  /** Seed of the contents. */
  readonly content: string;
}

export class LayerMaker {
  readonly builder: TreeBuilder = newTreeBuilder();
  readonly contents: ByteString[] = [];
  readonly #skeleton: DirectorySkeleton;
  readonly #root: Inode | undefined;
  readonly #added: Map<number, number> = new Map();

  /** `root`: the inode of the root directory, by default a plain directory. */
  constructor(skeleton: DirectorySkeleton, root?: Inode) {
    this.#skeleton = skeleton;
    this.#root = root;
    this.directory(0);
  }

  #inodeOf(number: number): Inode {
    if (number === 0 && this.#root !== undefined) return this.#root;
    const mtimeSec = BigInt(this.#skeleton.mtimes[number]!);
    return { ...BARE, mode: S_IFDIR | 0o755, nlink: 2, mtimeSec };
  }

  directory(number: number): number {
    const known = this.#added.get(number);
    if (known !== undefined) return known;
    const { parents, names } = this.#skeleton;
    const index = this.builder.add(
      number === 0 ? -1 : this.directory(parents[number]!),
      names[number]!,
      this.#inodeOf(number),
    );
    this.#added.set(number, index);
    return index;
  }

  file(directory: number, name: ByteString, { mode, size, mtimeSec, content }: SyntheticFile): void {
    const inode: Inode = {
      ...BARE,
      mode: S_IFREG | mode,
      size: BigInt(size),
      mtimeSec: BigInt(mtimeSec),
      ...(size > 0 ? objectOf(describedDigest(content)) : {}),
    };
    this.contents[this.builder.add(this.directory(directory), name, inode)] = content;
  }

  other(directory: number, name: ByteString, inode: Inode): void {
    this.builder.add(this.directory(directory), name, inode);
  }
}
