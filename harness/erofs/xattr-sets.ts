// The attributes that an inode has besides those of its own object: what the tree says, escaped, and overlay's marks. Many inodes
// have the same set.
import type { InodeClass } from '../model/column-store.ts';
import type { Xattr } from '../model/tree.ts';
import { Attributes } from './attributes.ts';
import { type Item, Items } from './xattr-items.ts';

const OVERLAY = 'trusted.overlay.';
const ESCAPED = 'trusted.overlay.overlay.';
const LABEL = 'security.selinux';
export const METACOPY = `${OVERLAY}metacopy`;
export const REDIRECT = `${OVERLAY}redirect`;
const ACLS: ReadonlySet<string> = new Set(['system.posix_acl_access', 'system.posix_acl_default']);

export interface XattrSet {
  /** Sorted by key. */
  readonly items: readonly Item[];
  /** How many of them sort before the two attributes of an object. */
  readonly beforeMetacopy: number;
  readonly beforeRedirect: number;
  readonly filter: number;
  readonly hasAcl: boolean;
  useCount: number;
}

export type Mark = 'none' | 'whiteout' | 'holds whiteouts';

const MARKS: Readonly<Record<Mark, (version: 0 | 1) => readonly Xattr[]>> = {
  none: () => [],
  whiteout: () => [
    [`${ESCAPED}whiteout`, ''],
    ['user.overlay.whiteout', ''],
  ],
  'holds whiteouts': (version) => [
    [`${ESCAPED}whiteouts`, ''],
    ['user.overlay.whiteouts', ''],
    ...(version === 0
      ? []
      : ([
          [`${ESCAPED}opaque`, 'x'],
          ['user.overlay.opaque', 'x'],
        ] as const)),
  ],
};

const escaped = ([key, value]: Xattr): Xattr => [
  key.startsWith(OVERLAY) ? `${ESCAPED}${key.slice(OVERLAY.length)}` : key,
  value,
];

export class XattrSets {
  readonly items = new Items();
  readonly #version: 0 | 1;
  readonly #known = new Map<string, XattrSet>();
  readonly #plain: (XattrSet | undefined)[] = [];

  constructor(version: 0 | 1) {
    this.#version = version;
  }

  #make(key: string, make: () => readonly Xattr[]): XattrSet {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const items = make().map(([name, value]) => this.items.of(name, value));
    const set: XattrSet = {
      items,
      beforeMetacopy: items.filter((item) => item.key < METACOPY).length,
      beforeRedirect: items.filter((item) => item.key < REDIRECT).length,
      filter: items.reduce((filter, item) => filter & ~item.filterMask, 0xffffffff) >>> 0,
      hasAcl: items.some((item) => ACLS.has(item.key)),
      useCount: 0,
    };
    this.#known.set(key, set);
    return set;
  }

  #marked(inode: InodeClass, marks: readonly Xattr[], path: () => string): readonly Xattr[] {
    const attributes = new Attributes(inode.xattrs.map(escaped), path);
    for (const [key, value] of marks) attributes.set(key, value);
    return attributes.sorted();
  }

  /** `classId` names the class; `path` is for errors. */
  of(classId: number, inode: InodeClass, mark: Mark, path: () => string): XattrSet {
    if (mark === 'none') {
      this.#plain[classId] ??= this.#make(`${classId}`, () => this.#marked(inode, [], path));
      return this.#plain[classId];
    }
    return this.#make(`${classId} ${mark}`, () => this.#marked(inode, MARKS[mark](this.#version), path));
  }

  ofRoot(inode: InodeClass, mark: Mark): XattrSet {
    const marks: readonly Xattr[] = [...MARKS[mark](this.#version), [`${OVERLAY}opaque`, 'y']];
    return this.#make('root', () => this.#marked(inode, marks, () => '/'));
  }

  /** For the whiteouts that hide the object store in the root. */
  ofStoreName(root: InodeClass): XattrSet {
    return this.#make('store', () => root.xattrs.filter(([key]) => key === LABEL));
  }

  all(): Iterable<XattrSet> {
    return this.#known.values();
  }
}
