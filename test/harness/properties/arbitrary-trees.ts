// Trees with everything that each form can hold: dump text, a composefs image, a tar of a layer.
import fc from 'fast-check';
import { printDump } from '../../../harness/images/dump-print.ts';
import type { ByteString } from '../../../harness/model/bytes.ts';
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
  type Xattr,
} from '../../../harness/model/tree.ts';

/** What a form can hold. */
interface TreeForm {
  readonly mtimeSecMax: bigint;
  readonly mtimeNsecMax: number;
  readonly contentMax: number;
  /** Files whose contents are elsewhere, up to this size. */
  readonly objectMax: bigint | null;
  readonly sockets: boolean;
  /** Names with the prefix .wh. */
  readonly whiteoutNames: boolean;
  /** Character devices with the number 0. */
  readonly whiteouts: boolean;
  /** Link counts that are not the number of names. */
  readonly anyNlink: boolean;
  /** Symlinks have mode 0777, and all attributes can be set: others are not read from the tar of a layer. */
  readonly linuxOnly: boolean;
}

const byte = (least: number): fc.Arbitrary<string> =>
  fc.integer({ min: least, max: 255 }).map((code) => String.fromCharCode(code));
const bytes = (least: number, most: number): fc.Arbitrary<ByteString> =>
  fc.string({ unit: byte(0), minLength: least, maxLength: most });

const ODD_NAMES = [
  'n'.repeat(255),
  '\n',
  '\x1b[31m',
  '...',
  '-',
  ' ',
  '\\',
  '=',
  '00',
  'ff',
  '\xff\xfe',
  '@',
  '.wh.x',
];

const names = ({ whiteoutNames }: TreeForm): fc.Arbitrary<ByteString> =>
  fc
    .oneof(
      fc.string({ unit: byte(1), minLength: 1, maxLength: 8 }),
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.constantFrom(...ODD_NAMES),
    )
    .map((name) => name.replaceAll('/', '_'))
    .filter((name) => name !== '.' && name !== '..' && (whiteoutNames || !name.startsWith('.wh.')));

const PREFIXES = ['user.', 'trusted.', 'security.', 'system.posix_acl_', 'trusted.overlay.z', 'odd'];

const xattrs: fc.Arbitrary<readonly Xattr[]> = fc.uniqueArray(
  fc
    .tuple(
      fc.constantFrom(...PREFIXES),
      fc.string({ unit: byte(1), minLength: 1, maxLength: 6 }),
      fc.oneof(bytes(0, 12), fc.constantFrom('same', 'v'.repeat(900))),
    )
    .map(([prefix, rest, value]): Xattr => [prefix + rest, value]),
  { maxLength: 4, selector: ([key]) => key },
);

const owner = fc.oneof(fc.constantFrom(0, 1000, 65_535, 65_536, 2 ** 32 - 1), fc.nat(2 ** 31 - 1));
const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });
const objectPaths = fc.oneof(
  hex.map((digest) => `${digest.slice(0, 2)}/${digest.slice(2)}`),
  fc.constantFrom(`ab/${'c'.repeat(62)}`),
  bytes(1, 30).filter((text) => !text.includes('\0') && !text.startsWith('/')),
);
const targets = fc.oneof(
  fc.string({ unit: byte(1), minLength: 1, maxLength: 20 }),
  fc.integer({ min: 1, max: 4095 }).map((length) => 't'.repeat(length)),
);

type Kind = Pick<Inode, 'size' | 'rdev' | 'payload' | 'content' | 'digest'> & { readonly format: number };
const PLAIN = { size: 0n, rdev: 0, payload: null, content: null, digest: null };

const kinds = (form: TreeForm): fc.Arbitrary<Kind> => {
  const { contentMax, objectMax } = form;
  const length = fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: contentMax }));
  const contents = fc.oneof(
    bytes(1, Math.min(20, contentMax)),
    length.map((most) => '\0\xffabc'.repeat(1000).slice(0, most)),
  );
  return fc.oneof(
    fc.constant<Kind>({ ...PLAIN, format: S_IFDIR }),
    contents.map((content): Kind => ({ ...PLAIN, format: S_IFREG, content, size: BigInt(content.length) })),
    fc.constant<Kind>({ ...PLAIN, format: S_IFREG }),
    targets.map((payload): Kind => ({ ...PLAIN, format: S_IFLNK, payload, size: BigInt(payload.length) })),
    fc
      .tuple(
        fc.constantFrom(S_IFCHR, S_IFBLK),
        fc.constantFrom(form.whiteouts ? 0 : 1, 1, 0x501, 2 ** 32 - 1),
      )
      .map(([format, rdev]): Kind => ({ ...PLAIN, format, rdev })),
    fc.constantFrom(S_IFIFO, form.sockets ? S_IFSOCK : S_IFIFO).map((format): Kind => ({ ...PLAIN, format })),
    ...(objectMax === null
      ? []
      : [
          fc
            .tuple(fc.bigInt({ min: 1n, max: objectMax }), fc.option(objectPaths), fc.option(hex))
            .map(([size, payload, digest]): Kind => ({ ...PLAIN, format: S_IFREG, size, payload, digest })),
        ]),
  );
};

interface DrawnEntry {
  readonly parent: number;
  readonly name: ByteString;
  /** Number of an earlier entry, for a hard link. */
  readonly link: number | null;
  readonly inode: Inode;
}

const isSettable = (format: number, key: ByteString): boolean =>
  !key.startsWith('odd') &&
  !key.startsWith('system.') &&
  (!key.startsWith('user.') || format === S_IFREG || format === S_IFDIR);

const inodes = (form: TreeForm): fc.Arbitrary<Inode> =>
  fc
    .record({
      kind: kinds(form),
      permissions: fc.integer({ min: 0, max: 0o7777 }),
      nlink: form.anyNlink ? fc.constantFrom(0, 1, 2, 65_535, 65_536, 2 ** 32 - 1) : fc.constant(1),
      uid: owner,
      gid: owner,
      mtimeSec: fc.oneof(
        fc.constantFrom(0n, 1_700_000_000n),
        fc.bigInt({ min: -form.mtimeSecMax, max: form.mtimeSecMax }),
      ),
      mtimeNsec: fc.oneof(fc.constant(0), fc.nat(form.mtimeNsecMax)),
      xattrs,
    })
    .map(({ kind: { format, ...kind }, permissions, ...rest }) => ({
      mode: format | (form.linuxOnly && format === S_IFLNK ? 0o777 : permissions),
      ...kind,
      ...rest,
      xattrs: form.linuxOnly ? rest.xattrs.filter(([key]) => isSettable(format, key)) : rest.xattrs,
    }));

const isFormat = (inode: Inode, format: number): boolean => (inode.mode & 0o170000) === format;
const isWhiteout = (inode: Inode): boolean => isFormat(inode, S_IFCHR) && inode.rdev === 0;

const treeFrom = (root: Inode, drawn: readonly DrawnEntry[], { anyNlink }: TreeForm): Tree => {
  const builder = newTreeBuilder();
  const folders = [builder.add(-1, '', root)];
  const linkable: number[] = [];
  const links = new Map<number, number>();
  for (const { parent, name, link, inode } of drawn) {
    const folder = folders[parent % folders.length]!;
    if (builder.child(folder, name) !== undefined) continue;
    const target = link === null ? undefined : linkable[link % linkable.length];
    if (target !== undefined) {
      builder.addLink(folder, name, target);
      links.set(target, (links.get(target) ?? 1) + 1);
      continue;
    }
    const index = builder.add(folder, name, inode);
    if (isFormat(inode, S_IFDIR)) folders.push(index);
    // Names of a whiteout are not told apart from each other in an image.
    else if (!isWhiteout(inode)) linkable.push(index);
  }
  if (!anyNlink) for (const [target, names] of links) builder.setNlink(target, names);
  return builder.finish();
};

const trees = (form: TreeForm): fc.Arbitrary<Tree> =>
  fc
    .tuple(
      inodes(form).map((inode): Inode => ({ ...inode, ...PLAIN, mode: S_IFDIR | (inode.mode & 0o7777) })),
      fc.array(
        fc.record({
          parent: fc.nat(30),
          name: names(form),
          link: fc.option(fc.nat(30), { freq: 8 }),
          inode: inodes(form),
        }),
        { maxLength: 40 },
      ),
    )
    .map(([root, drawn]) => {
      const tree = treeFrom(root, drawn, form);
      // What a failure prints.
      return Object.defineProperty(tree, fc.toStringMethod, {
        value: () => `\n${Buffer.concat([...printDump(tree)])}`,
      });
    });

const WIDE: TreeForm = {
  mtimeSecMax: 2n ** 63n - 1n,
  mtimeNsecMax: 2 ** 32 - 1,
  contentMax: 5000,
  objectMax: 2n ** 53n,
  sockets: true,
  whiteoutNames: true,
  whiteouts: true,
  anyNlink: true,
  linuxOnly: false,
};

/** Trees that dump text and an image hold. */
export const dumpTrees = trees(WIDE);

const LAYER: TreeForm = {
  mtimeSecMax: 2n ** 50n,
  mtimeNsecMax: 999_999_999,
  contentMax: 64,
  objectMax: null,
  sockets: false,
  whiteoutNames: false,
  whiteouts: true,
  anyNlink: false,
  linuxOnly: true,
};

/** Trees that the tar of a layer holds: without files whose contents are elsewhere. */
export const layerTrees = trees(LAYER);

export const treesWithoutWhiteouts = trees({ ...LAYER, whiteouts: false });
