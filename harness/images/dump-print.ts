// A tree as dump text, entries depth first in sorted order.
//
// Source: the composefs dump format, composefs-dump(5); the output of the reference tool.
import type { ByteString } from '../model/bytes.ts';
import { isDevice } from '../model/inode-type.ts';
import { beyondLimit, LIMITS } from '../model/input-limits.ts';
import { type Entry, S_IFLNK, S_IFMT, S_IFREG, type Tree } from '../model/tree.ts';

const PIECE_BYTES = 1 << 16;
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

const encodeChar = (char: string): string =>
  SHORT_ESCAPES[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;

const encode = (text: ByteString): string => text.replace(/[^\x21-\x5b\x5d-\x7e]/g, encodeChar);

const encodeXattr = (text: ByteString): string => text.replace(/[^\x21-\x3c\x3e-\x5b\x5d-\x7e]/g, encodeChar);

const optional = (text: ByteString | null): string => {
  if (text === null || text === '') return '-';
  return text === '-' ? '\\x2d' : encode(text);
};

/** `linkTo`: for a later name of an inode, the path of its first name, printed in place of the payload. */
const lineOf = (path: string, entry: Entry, linkTo: ByteString | null): string => {
  const type = entry.mode & S_IFMT;
  const content = type === S_IFREG ? entry.content : null;
  const elsewhere = type === S_IFREG && entry.size > 0n && (entry.content ?? '') === '';
  const payload = linkTo ?? (type === S_IFLNK || elsewhere ? entry.payload : null);
  const mode = `${linkTo === null ? '' : '@'}${entry.mode.toString(8)}`;
  const rdev = isDevice(entry) ? entry.rdev : 0;
  const digest = elsewhere ? (entry.digest ?? '-') : '-';
  let line = `${path} ${entry.size} ${mode} ${entry.nlink} ${entry.uid} ${entry.gid} ${rdev} ${entry.mtimeSec}.${entry.mtimeNsec} ${optional(payload)} ${optional(content)} ${digest}`;
  for (const [key, value] of entry.xattrs) line += ` ${encodeXattr(key)}=${encodeXattr(value)}`;
  return `${line}\n`;
};

function* linesOf(tree: Tree): Generator<string> {
  /** First printed name of inodes with several names. */
  const printed = new Map<number, number>([[0, 0]]);
  const linked = new Set<number>();
  for (let index = 0; index < tree.count; index++) {
    const { link } = tree.entry(index);
    if (link !== null) linked.add(link);
  }
  yield lineOf('/', tree.entry(0), null);
  const stack = [{ prefix: '/', children: tree.children(0), next: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const index = top.children[top.next++];
    if (index === undefined) {
      stack.pop();
      continue;
    }
    const entry = tree.entry(index);
    const path = top.prefix + encode(entry.name);
    const inode = entry.link ?? index;
    const hasLinks = linked.has(inode);
    const earlier = hasLinks ? printed.get(inode) : undefined;
    yield lineOf(path, entry, earlier === undefined ? null : tree.path(earlier));
    if (hasLinks && earlier === undefined) printed.set(inode, index);
    const children = entry.link === null ? tree.children(index) : [];
    if (children.length > 0) stack.push({ prefix: `${path}/`, children, next: 0 });
  }
}

/** The text in pieces of printable ASCII. A deep tree of a small image can have a long text, so it has a limit. */
export function* printDump(tree: Tree): Generator<Buffer> {
  let text = '';
  let bytes = 0;
  for (const line of linesOf(tree)) {
    text += line;
    if (text.length < PIECE_BYTES) continue;
    bytes += text.length;
    if (bytes > LIMITS.dumpBytes)
      throw beyondLimit('dumpBytes', `the dump is longer than ${LIMITS.dumpBytes} bytes`);
    yield Buffer.from(text, 'latin1');
    text = '';
  }
  if (text !== '') yield Buffer.from(text, 'latin1');
}
