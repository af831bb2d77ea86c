// The lines of a file, compared with splitting its whole text.
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

const assertLinesOf = (text: string): void => {
  writeFileSync(path, text);
  const lines = [...linesOf(path)];
  const expected = text.split('\n');
  const rest = expected.pop();
  assert.ok(
    lines.map((line) => line.text).join('\n') === [...expected, ...(rest === '' ? [] : [rest])].join('\n'),
  );
  assert.equal(lines.length, expected.length + (rest === '' ? 0 : 1));
  assert.ok(lines.every(({ isWhole }, i) => isWhole === i < expected.length));
};

test('short lines, empty lines and an incomplete last line', () => {
  for (const text of ['', '\n', 'a', 'a\n', '\n\n', 'a\n\nb\r\nc', 'é\u2028\n']) assertLinesOf(text);
});

test('lines that cross a chunk, fill it to the last byte, or exceed it', () => {
  for (const bytes of [MIB - 10, MIB - 9, MIB - 8, MIB - 7, MIB - 1, MIB, MIB + 1, 5 * MIB])
    for (const before of ['', 'x\n', 'xy\n']) {
      assertLinesOf(`${before}${'a'.repeat(bytes)}\nb\n`);
      assertLinesOf(`${before}${'a'.repeat(bytes)}`);
    }
  assertLinesOf(`${'0123456789abcde\n'.repeat(200_000)}end`);
});

test('a missing file, a folder and an endless line are errors', () => {
  writeFileSync(path, '');
  assert.throws(() => [...linesOf(join(root, 'missing'))], { code: 'ENOENT' });
  assert.throws(() => [...linesOf(root)], { code: 'EISDIR' });
  writeFileSync(path, Buffer.alloc(65 * MIB, 'a'));
  assert.throws(() => [...linesOf(path)], { name: 'ResultsError', message: /longer than 67108864 bytes/ });
});
