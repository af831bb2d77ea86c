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

test('lines of a few bytes, empty ones and a torn one among them', () => {
  for (const text of ['', '\n', 'a', 'a\n', '\n\n', 'a\n\nb\r\nc', 'é\u2028\n']) assertLinesOf(text);
});

test('lines that lie across the buffer, fill it to the last byte, or do not fit into it', () => {
  for (const bytes of [MIB - 10, MIB - 9, MIB - 8, MIB - 7, MIB - 1, MIB, MIB + 1, 5 * MIB])
    for (const before of ['', 'x\n', 'xy\n']) {
      assertLinesOf(`${before}${'a'.repeat(bytes)}\nb\n`);
      assertLinesOf(`${before}${'a'.repeat(bytes)}`);
    }
  assertLinesOf(`${'0123456789abcde\n'.repeat(200_000)}end`);
});

test('what is not a file of lines is an error', () => {
  writeFileSync(path, '');
  assert.throws(() => [...linesOf(join(root, 'missing'))], { code: 'ENOENT' });
  assert.throws(() => [...linesOf(root)], { code: 'EISDIR' });
  writeFileSync(path, Buffer.alloc(65 * MIB, 'a'));
  assert.throws(() => [...linesOf(path)], { name: 'ResultsError', message: /longer than 67108864 bytes/ });
});
