// The first difference between two listings, as a sentence. Reads both as streams: a listing may have a million lines.
import { closeSync, openSync, readSync } from 'node:fs';
import { type ByteString, compareBytes } from '../model/bytes.ts';
import type { ProofLevel } from './listing.ts';

interface Difference {
  /** Escaped, as in the listing. */
  readonly path: string;
  /** `entry` if a name is missing or new. */
  readonly attribute: string;
  readonly expected: string;
  readonly seen: string;
}

const COLUMNS = [
  'path',
  'type',
  'mode',
  'uid',
  'gid',
  'mtime',
  'rdev',
  'size',
  'contents',
  'link target',
  'hard link',
];
const MTIME = COLUMNS.indexOf('mtime');
const CONTENTS = COLUMNS.indexOf('contents');
const HARD_LINK = COLUMNS.indexOf('hard link');
const PIECE_BYTES = 1 << 18;
const SHOWN_CHARS = 160;

function* linesOf(path: string): Generator<string, undefined> {
  const fd = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    let rest = '';
    for (let got = 1; got > 0; ) {
      got = readSync(fd, buffer, 0, buffer.length, null);
      const lines = (rest + buffer.toString('latin1', 0, got)).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
    if (rest !== '') yield rest;
    return undefined;
  } finally {
    closeSync(fd);
  }
}

const pathOf = (line: string): string => line.slice(0, line.indexOf('\t'));

// Lines are sorted by unescaped paths.
const unescaped = (text: string): ByteString =>
  text.replace(/\\(?:\\|x([0-9a-f]{2}))/g, (_all, hex: string | undefined) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  );

const presence = (path: string, inExpected: boolean): Difference => ({
  path,
  attribute: 'entry',
  expected: inExpected ? 'present' : 'absent',
  seen: inExpected ? 'absent' : 'present',
});

const hardLink = (text: string): string => (text === '-' ? 'an inode of its own' : `the inode of ${text}`);

const xattrsIn = (columns: readonly string[]): Map<string, string> =>
  new Map(
    columns.slice(COLUMNS.length).map((text) => {
      const cut = text.indexOf('=');
      return [text.slice(0, cut), text.slice(cut + 1)];
    }),
  );

/** Attributes that a backend is known not to show. An attribute with a different value is still a difference. */
export interface Hidden {
  readonly prefixes: readonly string[];
  /** Any mtime is accepted. */
  readonly losesTimes: boolean;
  /** Paths of empty directories that are accepted beside the expected entries. */
  readonly adds?: readonly string[];
  /** Extended attributes that regular files may have beside the expected ones. */
  readonly marks?: readonly string[];
  /** Declared differences that were found. */
  readonly found: Set<string>;
}

const isAdded = (line: string, { adds = [], found }: Hidden): boolean => {
  const [path = '', type] = line.split('\t');
  const is = type === 'directory' && adds.includes(path);
  if (is) found.add(`the absence of ${path}`);
  return is;
};

const isHidden = (key: string, { prefixes, found }: Hidden): boolean => {
  const hides = prefixes.some((prefix) => key.startsWith(prefix));
  if (hides) found.add(key);
  return hides;
};

const isMark = (key: string, type: string, { marks = [], found }: Hidden): boolean => {
  const is = type === 'file' && marks.includes(key);
  if (is) found.add(`the absence of ${key}`);
  return is;
};

const betweenLines = (
  expected: string,
  seen: string,
  level: ProofLevel,
  hidden: Hidden,
): Difference | null => {
  const mine = expected.split('\t');
  const theirs = seen.split('\t');
  const path = mine[0]!;
  for (let i = 1; i < COLUMNS.length; i++) {
    if (mine[i] === theirs[i] || (i === CONTENTS && level === 'metadata')) continue;
    if (i === HARD_LINK && level === 'merged-inodes') continue;
    if (i === MTIME && hidden.losesTimes) {
      hidden.found.add('mtime');
      continue;
    }
    const word = i === HARD_LINK ? hardLink : (text: string) => text;
    return { path, attribute: COLUMNS[i]!, expected: word(mine[i]!), seen: word(theirs[i]!) };
  }
  const expectedXattrs = xattrsIn(mine);
  const seenXattrs = xattrsIn(theirs);
  for (const key of [...new Set([...expectedXattrs.keys(), ...seenXattrs.keys()])].sort()) {
    const values = [expectedXattrs.get(key), seenXattrs.get(key)].map((value) =>
      value === undefined ? 'absent' : `"${value}"`,
    );
    if (values[0] === values[1]) continue;
    const isDeclared = expectedXattrs.has(key)
      ? !seenXattrs.has(key) && isHidden(key, hidden)
      : isMark(key, theirs[1]!, hidden);
    if (!isDeclared) return { path, attribute: `xattr ${key}`, expected: values[0]!, seen: values[1]! };
  }
  return null;
};

// The whiteouts over the object store in the root do not count at level `metadata`.
const isStoreWhiteout = (line: string): boolean => /^\/[0-9a-f]{2}\tchar\t(?:[^\t]*\t){4}0:0\t/.test(line);

/** Whether a path that was seen sorts before the expected one, so that it is not expected at all. */
const isNewPath = (mine: string | undefined, theirs: string): boolean =>
  mine === undefined || compareBytes(unescaped(pathOf(theirs)), unescaped(pathOf(mine))) < 0;

/** The first difference at this level, or null. */
export const findDifference = (
  expectedPath: string,
  seenPath: string,
  level: ProofLevel = 'contents',
  hidden: Hidden = { prefixes: [], losesTimes: false, found: new Set() },
): Difference | null => {
  const contents = level !== 'metadata';
  const expected = linesOf(expectedPath);
  const seen = linesOf(seenPath);
  const next = (lines: Generator<string, undefined>): string | undefined => {
    let line = lines.next().value;
    while (line !== undefined && !contents && isStoreWhiteout(line)) line = lines.next().value;
    return line;
  };
  try {
    for (;;) {
      const mine = next(expected);
      let theirs = next(seen);
      while (theirs !== undefined && isNewPath(mine, theirs) && isAdded(theirs, hidden)) theirs = next(seen);
      if (mine === theirs) {
        if (mine === undefined) return null;
        continue;
      }
      if (mine === undefined) return presence(pathOf(theirs!), false);
      if (theirs === undefined) return presence(pathOf(mine), true);
      const order = compareBytes(unescaped(pathOf(mine)), unescaped(pathOf(theirs)));
      if (order !== 0) return order < 0 ? presence(pathOf(mine), true) : presence(pathOf(theirs), false);
      const difference = betweenLines(mine, theirs, level, hidden);
      if (difference !== null) return difference;
    }
  } finally {
    expected.return(undefined);
    seen.return(undefined);
  }
};

const short = (text: string): string => (text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text);

const sentence = ({ path, attribute, expected, seen }: Difference): string =>
  `${path}: ${attribute}: expected ${short(expected)}, seen ${short(seen)}`;

/** The first difference as a sentence, or null. */
export const firstDifference = (
  expectedPath: string,
  seenPath: string,
  level: ProofLevel = 'contents',
  hidden?: Hidden,
): string | null => {
  const difference = findDifference(expectedPath, seenPath, level, hidden);
  return difference === null ? null : sentence(difference);
};
