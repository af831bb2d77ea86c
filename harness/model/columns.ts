// Builds a tree of columns entry by entry.
import { type ByteString, copyOf, show } from './bytes.ts';
import { Columns } from './column-store.ts';
import { ColumnTree } from './column-tree.ts';
import { UserError } from './errors.ts';
import { withRoom } from './growing.ts';
import { beyondLimit, checkTreeSize, LIMITS } from './input-limits.ts';
import { NameIndex } from './name-index.ts';
import { type Inode, S_IFDIR, S_IFMT, type Tree, type TreeBuilder } from './tree.ts';

const MAX_NAME_BYTES = 255;
const BAD_NAME = `a name must be 1 to ${MAX_NAME_BYTES} bytes without / and NUL, and not . or ..`;
const DIGEST = /^[0-9a-fA-F]{64}$/;

/** Names the entry that is wrong. */
export class TreeError extends UserError {
  readonly index: number;
  constructor(message: string, parts: { code: string; index: number; facts: readonly string[] }) {
    super(message, { code: parts.code, facts: parts.facts });
    this.index = parts.index;
  }
}

const isName = (name: ByteString): boolean =>
  name !== '' &&
  name !== '.' &&
  name !== '..' &&
  name.length <= MAX_NAME_BYTES &&
  !name.includes('/') &&
  !name.includes('\0');

class ColumnBuilder implements TreeBuilder {
  readonly #columns = new Columns();
  readonly #names = new NameIndex(this.#columns);
  readonly #targets = new Map<number, ByteString>();
  #pathBytes = new Uint32Array(256);

  #refuse(message: string, code: string, path: ByteString, more: readonly string[] = []): never {
    throw new TreeError(message, {
      code,
      index: this.#columns.count,
      facts: [`path: ${show(path)}`, ...more],
    });
  }

  #below(parent: number, name: ByteString): ByteString {
    return parent <= 0 ? `/${name}` : `${this.#columns.path(parent)}/${name}`;
  }

  #check(parent: number, name: ByteString): void {
    const columns = this.#columns;
    if (columns.count === 0) {
      if (parent !== -1) this.#refuse('an entry comes before the root', 'no-root', `/${name}`);
      return;
    }
    if (parent === -1) this.#refuse('the root is given twice', 'duplicate', '/');
    if (columns.isLink(parent) || (columns.classOf(parent).mode & S_IFMT) !== S_IFDIR)
      this.#refuse('the parent of an entry is not a directory', 'not-a-directory', this.#below(parent, name));
    if (!isName(name)) this.#refuse(BAD_NAME, 'bad-name', this.#below(parent, name));
    if (this.#names.get(parent, name) !== undefined)
      this.#refuse('a name is given twice', 'duplicate', this.#below(parent, name));
  }

  /** Throws if the tree is too large with its last entry. */
  #checkSize(index: number, parent: number, name: ByteString): void {
    const columns = this.#columns;
    this.#pathBytes = withRoom(this.#pathBytes, index + 1);
    this.#pathBytes[index] = parent < 0 ? 0 : this.#pathBytes[parent]! + 1 + name.length;
    if (this.#pathBytes[index]! > LIMITS.pathBytes)
      throw beyondLimit('pathBytes', `a path has more than ${LIMITS.pathBytes} bytes`);
    checkTreeSize(columns.count, columns.textBytes, () => [`path: ${show(columns.path(index))}`]);
  }

  add(parent: number, name: ByteString, inode: Inode): number {
    this.#check(parent, name);
    if (inode.digest !== null && !DIGEST.test(inode.digest))
      this.#refuse('a digest is not 64 hexadecimal digits', 'bad-digest', this.#below(parent, name));
    const index = this.#columns.add(parent, name, inode);
    if (parent >= 0) this.#names.add(parent, name, index);
    this.#checkSize(index, parent, name);
    return index;
  }

  addLink(parent: number, name: ByteString, target: ByteString | number): number {
    this.#check(parent, name);
    const index = this.#columns.addLink(parent, name);
    this.#names.add(parent, name, index);
    if (typeof target === 'number') this.#columns.setLink(index, target);
    else this.#targets.set(index, copyOf(target));
    this.#checkSize(index, parent, name);
    return index;
  }

  setNlink(index: number, nlink: number): void {
    this.#columns.setNlink(index, nlink);
  }

  child(parent: number, name: ByteString): number | undefined {
    return this.#names.get(parent, name);
  }

  #lookUp(link: number, target: ByteString): number {
    let at = 0;
    for (const part of target.split('/')) {
      if (part === '') continue;
      const next = this.#names.get(at, part);
      if (next === undefined)
        throw new TreeError('the target of a hard link does not exist', {
          code: 'no-target',
          index: link,
          facts: [`path: ${show(this.#columns.path(link))}`, `target: ${show(target)}`],
        });
      at = next;
    }
    return at;
  }

  /** Follows links to links. Resolves the whole chain, so that a long chain is walked once. */
  #resolve(link: number): void {
    const chain = new Set<number>();
    let at = link;
    while (this.#columns.isLink(at) && this.#targets.has(at)) {
      if (chain.has(at))
        throw new TreeError('a hard link leads back to itself', {
          code: 'link-cycle',
          index: link,
          facts: [`path: ${show(this.#columns.path(link))}`],
        });
      chain.add(at);
      at = this.#lookUp(at, this.#targets.get(at)!);
    }
    const carrier = this.#columns.carrier(at);
    for (const index of chain) {
      this.#columns.setLink(index, carrier);
      this.#targets.delete(index);
    }
  }

  finish(): Tree {
    if (this.#columns.count === 0) throw new UserError('the tree has no root', { code: 'no-root' });
    for (const link of [...this.#targets.keys()]) if (this.#targets.has(link)) this.#resolve(link);
    return new ColumnTree(this.#columns, this.#names);
  }
}

export const newTreeBuilder = (): TreeBuilder => new ColumnBuilder();

const copyTree = (tree: Tree): ColumnTree => {
  const builder = newTreeBuilder();
  for (let index = 0; index < tree.count; index++) {
    const entry = tree.entry(index);
    if (entry.link === null) builder.add(entry.parent, entry.name, entry);
    else builder.addLink(entry.parent, entry.name, entry.link);
  }
  return builder.finish() as ColumnTree;
};

/** The tree's columns, for code that reads a million entries and cannot afford an object for each. */
export const inColumns = (tree: Tree): ColumnTree => (tree instanceof ColumnTree ? tree : copyTree(tree));
