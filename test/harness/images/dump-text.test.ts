import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { printDump } from '../../../harness/images/dump-print.ts';
import { type DumpOptions, DumpReader, parseDump } from '../../../harness/images/dump-text.ts';
import { UserError } from '../../../harness/model/errors.ts';
import type { Entry, Tree } from '../../../harness/model/tree.ts';
import { badDumps, skipWithoutFixtures } from '../erofs/fixture-dumps.ts';
import { randomDump } from '../erofs/random-dump.ts';

const ROOT = '/ 4096 40755 2 0 0 0 0.0 - - -';
const DIGEST = '21a563c8a3cf02778cf769e592e2e390563ae564fc4c6edbd3aaaaaaaaaaaaaa';
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const parse = (...lines: string[]): Tree => parseDump(bytes(`${lines.join('\n')}\n`));
const only = (line: string): Entry => parse(ROOT, line).entry(1);
const print = (tree: Tree): string => Buffer.concat([...printDump(tree)]).toString('latin1');

const refusal = (text: string, options: DumpOptions = {}): UserError => {
  try {
    parseDump(bytes(text), options);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error;
  }
  return assert.fail(`accepted: ${text.slice(0, 200)}`);
};

/** Lines that break a rule after a valid root. */
const BROKEN: readonly (readonly [line: string, rule: RegExp])[] = [
  ['', /PATH is empty/],
  ['/a 0 644 1 0 0 0 0.0 - - -', /MODE has no file type/],
  ['/a 0 1009 1 0 0 0 0.0 - - -', /MODE is not an integer in base 8/],
  ['/a 0 @40755 1 0 0 0 0.0 / - -', /directory cannot be a hard link/],
  ['/a 0 @100644 1 0 0 0 0.0 - - -', /hard link has no target/],
  ['/a 0 @100644 1 0 0 0 0.0 /a - -', /leads back to itself/],
  ['/a 0 @100644 1 0 0 0 0.0 /nowhere - -', /target of a hard link does not exist/],
  ['/a 0x1 100644 1 0 0 0 0.0 - - -', /SIZE is not an integer/],
  ['/a 0 100644 - 0 0 0 0.0 - - -', /NLINK is not an integer/],
  ['/a 0 100644 1 1a 0 0 0.0 - - -', /UID is not an integer/],
  ['/a 0 100644 1 0 x 0 0.0 - - -', /GID is not an integer/],
  ['/a 0 100644 1 0 0 x 0.0 - - -', /RDEV is not an integer/],
  ['/a 0 100644 1 0 0 0 0 - - -', /MTIME is not seconds.nanoseconds/],
  ['/a 0 100644 1 0 0 0 0.0.0 - - -', /MTIME nanoseconds is not an integer/],
  [`/a 0 100644 1 0 0 0 0.0 ${'p'.repeat(4096)} - -`, /PAYLOAD is longer than 4095 bytes/],
  ['/a 0 120777 1 0 0 0 0.0 - - -', /symlink has no target/],
  ['/a 4 100644 1 0 0 0 0.0 - hello -', /length of CONTENT is not SIZE/],
  [`/a 5001 100644 1 0 0 0 0.0 - ${'c'.repeat(5001)} -`, /CONTENT is longer than 5000 bytes/],
  ['/a 5 100644 1 0 0 0 0.0 p - abc', /DIGEST is not 64 hexadecimal digits/],
  ['/a 0 100644 1 0 0 0 0.0 \\q - -', /PAYLOAD has an unknown escape/],
  ['/a\\x4 0 100644 1 0 0 0 0.0 - - -', /PATH has an unknown escape/],
  ['/a 0 100644 1 0 0 0 0.0 - - - key', /attribute is not KEY=VALUE/],
  ['/a 0 100644 1 0 0 0 0.0 - - - a=b  ', /attribute is not KEY=VALUE/],
  ['/a 0 100644 1 0 0 0 0.0 - - - =v', /attribute key is not 1 to 255 bytes/],
  [`/a 0 100644 1 0 0 0 0.0 - - - a=${'v'.repeat(32767 - 19)}`, /need more than 32767 bytes/],
  [`/a 0 100644 1 0 0 0 0.0 - - - a=${'v'.repeat(65534)}`, /longer than 65535 bytes/],
  ['/a/ 0 100644 1 0 0 0 0.0 - - -', /PATH ends in \//],
  ['/. 0 100644 1 0 0 0 0.0 - - -', /name must be 1 to 255 bytes/],
  [`/${'n'.repeat(256)} 0 100644 1 0 0 0 0.0 - - -`, /name must be 1 to 255 bytes/],
  ['/no/a 0 100644 1 0 0 0 0.0 - - -', /directory of the entry does not exist/],
  [ROOT, /root is given twice/],
  ['/a\0 0 100644 1 0 0 0 0.0 - - -', /NUL byte/],
];

describe('dump text', () => {
  it('is refused with its line number and the broken rule', () => {
    for (const [line, rule] of BROKEN) {
      const error = refusal(`${ROOT}\n${line}\n`);
      assert.equal(error.code, 'bad-dump', error.message);
      assert.match(error.message, rule);
      assert.match(error.message, /^dump line 2: /, line.slice(0, 80));
      assert.ok(error.facts.includes('line: 2'));
    }
  });

  it('begins with the root, which is a directory', () => {
    assert.match(refusal('').message, /line 1: the dump has no entries/);
    assert.match(
      refusal('/a 0 40755 1 0 0 0 0.0 - - -\n').message,
      /line 1: the first entry is not the root/,
    );
    assert.match(refusal('/ 0 100644 1 0 0 0 0.0 - - -\n').message, /line 1: the root is not a directory/);
  });

  it('names the line of a hard link without target', () => {
    const error = refusal(
      [
        ROOT,
        '/b 0 40755 2 0 0 0 0.0 - - -',
        '/b/l 0 @100644 1 0 0 0 0.0 /b/x - -',
        '/c 0 40755 2 0 0 0 0.0 - - -',
        '',
      ].join('\n'),
    );
    assert.match(error.message, /^dump line 3: /);
  });

  it('refuses the should-fail dumps with line and rule', { skip: skipWithoutFixtures }, () => {
    for (const path of badDumps()) {
      const error = refusal(readFileSync(path, 'latin1'));
      assert.match(error.message, /^dump line [12]: ./, path);
      assert.ok(error.facts.some((fact) => fact.startsWith('rule: ')));
    }
  });

  it('keeps bytes as they are and cuts names at an escaped zero byte', () => {
    const entry = only('/\xff\\x3d\\\\\\t\\x00cut 3 100644 1 0 0 0 0.0 - \\x00\\n\xfe - k\\x3dk=v=\\x00w');
    assert.equal(entry.name, '\xff=\\\t');
    assert.equal(entry.content, '\0\n\xfe');
    assert.deepEqual(entry.xattrs, [['k=k', 'v=\0w']]);
  });

  it('distinguishes absent fields, the byte "-" and empty fields', () => {
    assert.equal(only('/a 5 100644 1 0 0 0 0.0 - - -').payload, null);
    assert.equal(only('/a 5 100644 1 0 0 0 0.0 \\x2d - -').payload, '-');
    assert.equal(only('/a 5 100644 1 0 0 0 0.0  - -').payload, '');
    assert.equal(only('/a 1 100644 1 0 0 0 0.0 - \\x2d -').content, '-');
  });

  it('reads integers as the reference does', () => {
    assert.equal(only('/a \t+5 100644 1 0 0 0 0.0 p - -').size, 5n);
    assert.equal(only('/a 18446744073709551616 40755 1 0 0 0 0.0 p - -').size, 2n ** 64n - 1n);
    assert.equal(only('/a -1 40755 1 0 0 0 0.0 p - -').size, 2n ** 64n - 1n);
    assert.equal(only('/a -99999999999999999999 40755 1 0 0 0 0.0 p - -').size, 2n ** 64n - 1n);
    assert.equal(only('/a 0 40755 4294967297 0 0 0 0.0 p - -').nlink, 1);
    assert.equal(only('/a 0 40755 1 -1 0 0 0.0 p - -').uid, 4294967295);
    assert.equal(only('/a 0 1000040755 1 0 0 0 0.0 p - -').mode, 0o40755);
    const { mtimeSec, mtimeNsec } = only('/a 0 40755 1 0 0 0 -5.-1 - - -');
    assert.deepEqual([mtimeSec, mtimeNsec], [-5n, 4294967295]);
  });

  it('accepts a bad GID or RDEV unless the owner is 0', () => {
    const { uid, gid, rdev } = only('/a 0 20644 1 4294967296 x y 0.0 - - -');
    assert.deepEqual([uid, gid, rdev], [0, 0, 0]);
  });

  it('reads missing fields as empty', () => {
    assert.equal(parse('/ 0 40755 2 0 0 0 0.0').count, 1);
    assert.match(refusal('/ 0 40755 2 0 0 0\n').message, /MTIME/);
  });

  it('resolves hard links to later entries, to links, and to directories', () => {
    const tree = parse(
      ROOT,
      '/a 0 @100644 1 0 0 0 0.0 /b - -',
      '/b 0 @120777 1 0 0 0 0.0 d//f/ - -',
      '/d 0 40700 2 0 0 0 0.0 - - -',
      '/d/f 0 100600 1 0 0 0 0.0 - - -',
      '/e 0 @100644 ignored \\q ignored 0 0 /d - -',
    );
    const links = [1, 2, 5].map((index) => tree.path(tree.entry(index).link!));
    assert.deepEqual(links, ['/d/f', '/d/f', '/d']);
    assert.equal(tree.entry(1).mode, 0o100600);
  });

  it('keeps the last value of a repeated key', () => {
    assert.deepEqual(only('/a 0 40755 1 0 0 0 0.0 - - - a=b c=d a=e').xattrs.toSorted(), [
      ['a', 'e'],
      ['c', 'd'],
    ]);
  });

  it('does not count a replaced value against the limit of attributes', () => {
    const big = 'v'.repeat(30000);
    assert.deepEqual(only(`/a 0 40755 1 0 0 0 0.0 - - - a=${big} a=x c=${big}`).xattrs.length, 2);
  });

  it('refuses, if strict, a missing last newline, RDEV of a directory, SIZE or CONTENT of a symlink', () => {
    const strict = (line: string, end = '\n'): RegExp | string => {
      parseDump(bytes(`${ROOT}\n${line}${end}`));
      return refusal(`${ROOT}\n${line}${end}`, { strict: true }).message;
    };
    assert.match(String(strict('/a 0 40755 2 0 0 0 0.0 - - -', '')), /line 2: the last line has no newline/);
    assert.match(String(strict('/a 0 40755 2 0 0 1 0.0 - - -')), /RDEV is not 0/);
    assert.match(String(strict('/a 2 120777 1 0 0 0 0.0 t - -')), /SIZE of a symlink/);
    assert.match(String(strict('/a 1 120777 1 0 0 0 0.0 t x -')), /a symlink has CONTENT/);
    assert.equal(
      parseDump(bytes(`${ROOT}\n/a 9 @120777 1 0 0 9 0.0 /b - -\n/b 0 10644 1 0 0 0 0.0 - - -\n`), {
        strict: true,
      }).count,
      3,
    );
  });

  it('can arrive in pieces of any size', () => {
    const text = bytes(`${randomDump('pieces').join('\n')}\n`);
    const whole = print(parseDump(text));
    for (const size of [1, 7, 64, 1000]) {
      const reader = new DumpReader();
      for (let at = 0; at < text.length; at += size) reader.push(text.subarray(at, at + size));
      assert.equal(print(reader.finish()), whole, `pieces of ${size} bytes`);
    }
  });

  it('is printed depth first with special bytes escaped', () => {
    const tree = parse(
      ROOT,
      '/b 0 40700 2 0 0 0 0.0 - - -',
      '/a\\x20\\x3d 5 100644 1 0 0 0 -1.5 \\x2d - -',
      `/b/\xff\\\\\\n 5 100644 2 0 0 0 0.0 p\\x3d - ${DIGEST.toUpperCase()} a\\x3d=b=\\x7f`,
      '/c 0 @100644 1 0 0 0 0.0 /b/\xff\\\\\\n - -',
    );
    assert.equal(
      print(tree),
      [
        ROOT,
        '/a\\x20= 5 100644 1 0 0 0 -1.5 \\x2d - -',
        '/b 0 40700 2 0 0 0 0.0 - - -',
        `/b/\\xff\\\\\\n 5 100644 2 0 0 0 0.0 p= - ${DIGEST} a\\x3d=b\\x3d\\x7f`,
        `/c 5 @100644 2 0 0 0 0.0 /b/\\xff\\\\\\n - ${DIGEST} a\\x3d=b\\x3d\\x7f`,
        '',
      ].join('\n'),
    );
  });
});
