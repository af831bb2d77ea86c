// The lines of a file, compared with splitting all of it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { linesOf } from '../../results/lines.ts';

const root = mkdtempSync(join(tmpdir(), 'cfsbench-lines-'));
after(() => rmSync(root, { recursive: true }));
const path = join(root, 'lines');

const MIB = 1 << 20;

const compared = (text: string): void => {
  writeFileSync(path, text);
  const lines = [...linesOf(path)].length;
  const read: string[] = [];
  let isTorn = false;
  for (const { bytes, from, to, whole } of linesOf(path)) {
    assert.equal(isTorn, false);
    read.push(bytes.toString('utf8', from, to));
    isTorn = !whole;
    if (whole) assert.equal(bytes[to], 0x0a);
    assert.ok(to + 4 <= bytes.length, 'a word can be read behind it');
  }
  const expected = text.split('\n');
  if (expected.at(-1) === '') expected.pop();
  assert.equal(lines, read.length);
  assert.ok(read.join('\n') === expected.join('\n') && read.length === expected.length);
  assert.equal(isTorn, text !== '' && !text.endsWith('\n'));
};

test('lines of a few bytes, empty ones and a torn one among them', () => {
  for (const text of ['', '\n', 'a', 'a\n', '\n\n', 'a\n\nb\r\nc', 'é\u2028\n']) compared(text);
});

test('lines that lie across the buffer, fill it to the last byte, or do not fit into it', () => {
  for (const bytes of [MIB - 10, MIB - 9, MIB - 8, MIB - 7, MIB - 1, MIB, MIB + 1, 5 * MIB])
    for (const before of ['', 'x\n', 'xy\n']) {
      compared(`${before}${'a'.repeat(bytes)}\nb\n`);
      compared(`${before}${'a'.repeat(bytes)}`);
    }
  compared(`${'0123456789abcde\n'.repeat(200_000)}end`);
});

test('what is not a file of lines is an error', () => {
  writeFileSync(path, '');
  assert.throws(() => [...linesOf(join(root, 'missing'))], { code: 'ENOENT' });
  assert.throws(() => [...linesOf(root)], { code: 'EISDIR' });
  writeFileSync(path, Buffer.alloc(65 * MIB, 'a'));
  assert.throws(() => [...linesOf(path)], { name: 'ResultsError', message: /longer than 67108864 bytes/ });
});
