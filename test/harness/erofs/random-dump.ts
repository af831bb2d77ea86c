// Seeded random dump text with all extremes of the format: special names, every type, sizes around every threshold, shared and huge
// attributes, links forwards and backwards, whiteouts, extreme times and owners.
import type { ByteString } from '../../../harness/model/bytes.ts';
import { type Random, seeded } from '../../../harness/model/random.ts';

const escapeAll = (text: ByteString): string =>
  [...text]
    .map((char) =>
      /[0-9A-Za-z._/]/.test(char) ? char : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    .join('');

const pick = <T>(random: Random, items: readonly T[]): T => items[random.int(0, items.length - 1)]!;

const bytes = (random: Random, length: number): ByteString =>
  Array.from({ length }, () => String.fromCharCode(random.int(0, 255))).join('');

const hex = (random: Random, length: number): string =>
  Array.from({ length }, () => random.int(0, 15).toString(16)).join('');

const nameBytes = (random: Random): ByteString => {
  const kind = random.int(0, 9);
  if (kind === 0) return bytes(random, random.int(1, 255)).replace(/[\0/]/g, 'n');
  if (kind === 1) return random.int(0, 255).toString(16).padStart(2, '0');
  if (kind === 2)
    return pick(random, ['.a', '...', '-', '!', '.-', '.!x', ' ', '=', '\\', '-x', '\xff', '..a']);
  if (kind === 3) return 'long'.repeat(random.int(1, 63));
  return `n${random.int(0, 400)}`;
};

const KEYS = [
  'user.a',
  'user.b',
  'user.',
  'security.selinux',
  'security.capability',
  'trusted.x',
  'trusted.overlay.opaque',
  'trusted.overlay.metacopy',
  'trusted.overlay.redirect',
  'trusted.overlay.overlay.opaque',
  'trusted.overlay.whiteout',
  'trusted.overlay.whiteouts',
  'user.overlay.whiteouts',
  'user.overlay.opaque',
  'system.posix_acl_default',
  'lustre.lov',
  'other',
  'trusted.zzz',
] as const;
const ACL = 'system.posix_acl_access';

/** Attributes that the writer sets itself; it refuses to replace non-empty ones. */
const MARKS = /overlay\.(whiteouts?|opaque)$/;

const xattrs = (random: Random, hasAcls: boolean): string[] => {
  const kind = random.int(0, 20);
  const list = new Map<string, string>();
  if (kind === 0) for (let i = 0; i < 140; i++) list.set(`user.many${i}`, escapeAll(`${i % 7}`));
  else if (kind < 9)
    for (let i = random.int(1, 4); i > 0; i--) {
      const key = hasAcls && random.int(0, 5) === 0 ? ACL : pick(random, KEYS);
      const value = pick(random, [
        '',
        'v',
        'w',
        'system_u:object_r:usr_t:s0\0',
        bytes(random, random.int(0, 40)),
      ]);
      list.set(escapeAll(key), MARKS.test(key) ? '' : escapeAll(value));
    }
  else if (kind === 9) list.set('user.big', 'x'.repeat(random.int(1000, 20000)));
  return [...list].map(([key, value]) => `${key}=${value}`);
};

const SIZES = [0, 1, 63, 64, 2047, 2048, 2049, 4095, 4096, 4097, 5000];
const TIMES = ['0.0', '0.1', '5.0', '-5.0', '1700000000.123456789', '-1.4294967295', '9223372036854775807.0'];
const OWNERS = [0, 0, 0, 1, 1000, 65535, 65536, 4294967295];
const BIG_SIZES = [
  '4096',
  '4097',
  '4294967295',
  '4294967296',
  '8796093022208',
  '8796093022209',
  '9007199254740992',
];

interface DumpShape {
  readonly random: Random;
  readonly time: string;
  readonly hasAcls: boolean;
  readonly objects: readonly string[];
}

const tail = ({ random, time }: DumpShape, rdev: number): string => {
  const nlink = pick(random, [0, 1, 1, 1, 2, 65535, 65536]);
  const when = random.int(0, 3) === 0 ? pick(random, TIMES) : time;
  return `${nlink} ${pick(random, OWNERS)} ${pick(random, OWNERS)} ${rdev} ${when}`;
};

const permissions = (random: Random): string => random.int(0, 0o7777).toString(8).padStart(4, '0');

const regular = (path: string, shape: DumpShape): string => {
  const { random } = shape;
  const kind = random.int(0, 9);
  const mode = `10${permissions(random)}`;
  if (kind < 2) {
    const content = bytes(random, pick(random, SIZES));
    return `${path} ${content.length} ${mode} ${tail(shape, 0)} - ${content === '' ? '-' : [...content].map((c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')} -`;
  }
  if (kind === 2) return `${path} 0 ${mode} ${tail(shape, 0)} - - -`;
  const size = random.int(0, 4) === 0 ? pick(random, BIG_SIZES) : String(random.int(1, 100000));
  const object = pick(random, shape.objects);
  const payload = pick(random, [
    object,
    `${object}.file`,
    '-',
    `odd/${random.int(0, 9)}`,
    escapeAll(bytes(random, random.int(1, 20)).replaceAll('\0', 'z')),
    'p'.repeat(random.int(1, 4000)),
  ]);
  const digest = pick(random, [object.replace('/', ''), object.replace('/', '').toUpperCase(), '-']);
  return `${path} ${size} ${mode} ${tail(shape, 0)} ${payload} - ${digest}`;
};

const special = (path: string, shape: DumpShape): string => {
  const { random } = shape;
  const type = pick(random, ['1', '2', '6', '14', '12']);
  const mode = `${type}${permissions(random)}`;
  if (type === '12') {
    const target = 't'.repeat(pick(random, [1, 10, 100, 1000, 3900, 4000, 4095]));
    return `${path} ${target.length} ${mode} ${tail(shape, 0)} ${target} - -`;
  }
  const rdev = type === '2' || type === '6' ? pick(random, [0, 1, 259, 4294967295]) : 0;
  return `${path} ${pick(random, [0, 0, 0, 5])} ${mode} ${tail(shape, rdev)} - - -`;
};

/** Lines of one tree; joined by newlines they are a dump. */
export const randomDump = (seed: string): string[] => {
  const random = seeded(seed);
  const shape: DumpShape = {
    random,
    time: pick(random, TIMES),
    hasAcls: random.int(0, 3) === 0,
    objects: Array.from({ length: random.int(1, 20) }, () => `${hex(random, 2)}/${hex(random, 62)}`),
  };
  const withXattrs = (line: string): string => [line, ...xattrs(random, shape.hasAcls)].join(' ');
  const lines = [withXattrs(`/ 4096 4${permissions(random)} ${tail(shape, 0)} - - -`)];
  const directories = [''];
  const names = new Set<string>();
  const linkable: string[] = [];
  for (let i = random.int(0, 120); i > 0; i--) {
    const path = `${pick(random, directories)}/${escapeAll(nameBytes(random))}`;
    if (names.has(path) || path.endsWith('/') || path.endsWith('/.') || path.endsWith('/..')) continue;
    names.add(path);
    const kind = random.int(0, 9);
    if (kind < 2) {
      lines.push(withXattrs(`${path} 0 4${permissions(random)} ${tail(shape, 0)} - - -`));
      directories.push(path);
      continue;
    }
    if (kind === 2 && linkable.length > 0)
      lines.push(`${path} 0 @10${permissions(random)} ${tail(shape, 0)} ${pick(random, linkable)} - -`);
    else lines.push(withXattrs(kind < 5 ? special(path, shape) : regular(path, shape)));
    // No hard links to whiteouts: a reprinted dump would mark another directory.
    if (!/ 2[0-7]{4} [0-9]+ [0-9]+ [0-9]+ 0 /.test(lines.at(-1)!)) linkable.push(path);
  }
  return lines;
};
