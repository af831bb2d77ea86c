// Dump text of the trees for the tests.
import type { Random } from '../../harness/model/random.ts';

const TIME = '1633950376.123456789';

const escaped = (bytes: Uint8Array | string): string =>
  Buffer.from(bytes as string, 'latin1')
    .toString('hex')
    .replace(/../g, '\\x$&');

/** One line of a dump. */
export const line = (
  path: string,
  mode: string,
  more: {
    size?: number;
    payload?: string;
    content?: string;
    xattrs?: string;
    rdev?: number;
    time?: string;
    owner?: string;
    nlink?: number;
  } = {},
): string => {
  const {
    size = more.content?.length ?? 0,
    payload = '-',
    content,
    xattrs = '',
    rdev = 0,
    time = TIME,
    owner = '0 0',
    nlink = 1,
  } = more;
  const inline = content === undefined ? '-' : escaped(content);
  return `${path} ${size} ${mode} ${nlink} ${owner} ${rdev} ${time} ${payload} ${inline} -${xattrs === '' ? '' : ` ${xattrs}`}`;
};

export const dumpOf = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

export const root = line('/', '40755', { nlink: 2 });

const u16 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => {
    bytes.writeUInt16LE(value, i * 2);
  });
  return bytes;
};
const NOBODY = [0xffff, 0xffff] as const;
// Owner rw, user 1000 r, group r, mask r, others nothing.
const ACL = escaped(
  u16(2, 0, 1, 6, ...NOBODY, 2, 4, 1000, 0, 4, 4, ...NOBODY, 0x10, 4, ...NOBODY, 0x20, 0, ...NOBODY).toString(
    'latin1',
  ),
);
const CAPABILITY = escaped(u16(1, 0x200, 0x400, 0, 0, 0, 0, 0, 0, 0).toString('latin1'));

export const allTypes = dumpOf([
  line('/', '40755', { nlink: 2, xattrs: 'user.root=1 trusted.overlay.origin=kept' }),
  line('/00', '100644'),
  line('/acl', '100640', { xattrs: `system.posix_acl_access=${ACL}` }),
  line('/acldir', '40755', { xattrs: `system.posix_acl_default=${ACL}` }),
  line('/block', '60660', { rdev: 0x12345678 }),
  line('/capable', '104755', { xattrs: `security.capability=${CAPABILITY}` }),
  line('/char', '20666', { rdev: 259, owner: '70000 80000' }),
  line('/dir', '41777', {
    nlink: 2,
    owner: '5 6',
    xattrs:
      'trusted.overlay.opaque=y user.overlay.opaque=y trusted.overlay.overlay.deep=1 trusted.overlay.zzz=z trusted.mine=a\\x00b lustre.x=1 odd=1',
  }),
  line('/dir/ff', '100644'),
  line('/dir/wh', '20000', { xattrs: 'user.k=v' }),
  line('/dir/zlink', '@20000', { payload: '/dir/wh' }),
  line('/fakemeta', '100644', { xattrs: 'trusted.overlay.metacopy= trusted.overlay.redirect=/x' }),
  line('/fakewhiteout', '100644', { xattrs: 'trusted.overlay.whiteout= user.overlay.whiteout=' }),
  line('/fakewhiteouts', '40755', { nlink: 2, xattrs: 'user.overlay.whiteouts=' }),
  line('/fakewhiteouts/x', '100644', { xattrs: 'user.overlay.whiteout=' }),
  line('/fifo', '10644', { time: '-5.7' }),
  line('/inline', '100644', { content: 'a small file\0\xff' }),
  line('/inline4096', '100644', { content: 'i'.repeat(4096) }),
  line('/inline5000', '100644', { content: 'j'.repeat(5000) }),
  line('/linked', '100600', { content: 'three names', nlink: 3, xattrs: 'user.shared=same user.own=1' }),
  line('/linked2', '@100600', { payload: '/linked' }),
  line('/object', '100644', { size: 7, payload: 'ob/ject', time: '0.1' }),
  line('/sharing', '100600', { xattrs: 'user.shared=same' }),
  line('/socket', '140777'),
  line('/symlink', '120777', { payload: 'a/target', xattrs: 'trusted.s=1 security.s=2' }),
  line('/symlong', '120777', { payload: 'l'.repeat(4095) }),
  line('/zzz', '@100600', { payload: '/linked' }),
]);

const nameBytes = [...Array(256).keys()].filter((byte) => byte !== 0 && byte !== 0x2f && byte !== 0x2e);

export const oddNames = dumpOf([
  root,
  ...nameBytes.map((byte) => line(`/${escaped(String.fromCharCode(byte))}`, '100644')),
  line(`/${'d'.repeat(255)}`, '40700', { nlink: 2 }),
  ...['...', '.a', '\xff\xfe', ' ', 'x'.repeat(255)].map((name) =>
    line(`/${'d'.repeat(255)}/${escaped(name)}`, '100644', { content: name }),
  ),
]);

export const manyEntries = (count: number): string =>
  dumpOf([
    root,
    line('/many', '40755', { nlink: 2 }),
    ...Array.from({ length: count }, (_, i) =>
      line(`/many/${(i * 2654435761) % 2 ** 32}-${'n'.repeat(i % 60)}`, i % 7 === 0 ? '40755' : '100644', {
        owner: `${i} ${i}`,
        ...(i % 5 === 0 ? { xattrs: `user.number=${i}` } : {}),
      }),
    ),
  ]);

/** A random tree of directories, links, devices, attributes and small files. */
export const randomTree = (random: Random, count: number): string => {
  const lines = [root];
  const folders = [''];
  const files: string[] = [];
  for (let i = 0; i < count; i++) {
    const folder = folders[random.int(0, folders.length - 1)] ?? '';
    const path = `${folder}/${escaped(String.fromCharCode(random.int(1, 46), random.int(48, 255)))}${i}`;
    const xattrs = Array.from(
      { length: random.int(0, 3) },
      (_, n) =>
        `${['user', 'trusted', 'security', 'trusted.overlay'][random.int(0, 3)]}.${n}=${'v'.repeat(random.int(0, 300))}`,
    ).join(' ');
    const owner = `${random.int(0, 100_000)} ${random.int(0, 100_000)}`;
    const time = `${random.int(-2_000_000_000, 2_000_000_000)}.${random.int(0, 999_999_999)}`;
    const common = { xattrs, owner, time };
    const kind = random.int(0, 9);
    if (kind < 2) {
      folders.push(path);
      lines.push(line(path, '40755', common));
    } else if (kind === 2)
      lines.push(line(path, '120777', { ...common, payload: 't'.repeat(random.int(1, 4095)) }));
    else if (kind === 3 && files.length > 0)
      lines.push(line(path, '@100644', { payload: files[random.int(0, files.length - 1)] ?? '/' }));
    else if (kind === 4) lines.push(line(path, '20600', { ...common, rdev: random.int(1, 0xffffffff) }));
    else if (kind === 5) lines.push(line(path, '20600', common));
    else {
      files.push(path);
      lines.push(line(path, '100644', { ...common, content: 'c'.repeat(random.int(0, 5000)) }));
    }
  }
  return dumpOf(lines);
};
