// The attributes of an inode except those of its object: the tree's attributes, escaped, and overlayfs's marks. Inodes share sets.
import type { InodeClass } from '../model/column-store.ts';
import { ESCAPED_PREFIX, escapedXattr, OVERLAY_PREFIX } from '../model/overlay-xattrs.ts';
import type { Xattr } from '../model/tree.ts';
import { Attributes } from './attributes.ts';
import { type XattrItem, XattrItems } from './xattr-items.ts';

const LABEL = 'security.selinux';
export const METACOPY = `${OVERLAY_PREFIX}metacopy`;
export const REDIRECT = `${OVERLAY_PREFIX}redirect`;
const ACLS: ReadonlySet<string> = new Set(['system.posix_acl_access', 'system.posix_acl_default']);

export interface XattrSet {
  /** Sorted by key. */
  readonly items: readonly XattrItem[];
  /** Number of items that sort before the metacopy and the redirect attribute. */
  readonly beforeMetacopy: number;
  readonly beforeRedirect: number;
  readonly filter: number;
  readonly hasAcl: boolean;
  useCount: number;
}

type OverlayMark = 'none' | 'whiteout' | 'holds whiteouts';

const MARKS: Readonly<Record<OverlayMark, (version: 0 | 1) => readonly Xattr[]>> = {
  none: () => [],
  whiteout: () => [
    [`${ESCAPED_PREFIX}whiteout`, ''],
    ['user.overlay.whiteout', ''],
  ],
  'holds whiteouts': (version) => [
    [`${ESCAPED_PREFIX}whiteouts`, ''],
    ['user.overlay.whiteouts', ''],
    ...(version === 0
      ? []
      : ([
          [`${ESCAPED_PREFIX}opaque`, 'x'],
          ['user.overlay.opaque', 'x'],
        ] as const)),
  ],
};

export class XattrSets {
  readonly items = new XattrItems();
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
    const attributes = new Attributes(inode.xattrs.map(escapedXattr), path);
    for (const [key, value] of marks) attributes.set(key, value);
    return attributes.sorted();
  }

  /** `path` is used in errors. */
  of(classId: number, inode: InodeClass, mark: OverlayMark, path: () => string): XattrSet {
    if (mark === 'none') {
      this.#plain[classId] ??= this.#make(`${classId}`, () => this.#marked(inode, [], path));
      return this.#plain[classId];
    }
    return this.#make(`${classId} ${mark}`, () => this.#marked(inode, MARKS[mark](this.#version), path));
  }

  ofRoot(inode: InodeClass, mark: OverlayMark): XattrSet {
    const marks: readonly Xattr[] = [...MARKS[mark](this.#version), [`${OVERLAY_PREFIX}opaque`, 'y']];
    return this.#make('root', () => this.#marked(inode, marks, () => '/'));
  }

  /** The set of the whiteouts that hide the object store. */
  ofStoreName(root: InodeClass): XattrSet {
    return this.#make('store', () => root.xattrs.filter(([key]) => key === LABEL));
  }

  all(): Iterable<XattrSet> {
    return this.#known.values();
  }
}
