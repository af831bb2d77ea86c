import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { openProgress } from '../../../harness/cli/progress.ts';

const printed = (text: string, terminal: { readonly isTTY: boolean; readonly columns?: number }): string => {
  let written = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      written += chunk;
      done();
    },
  });
  openProgress(Object.assign(stream, terminal) as NodeJS.WriteStream).print(text);
  return written;
};

const LONG =
  'skipped: composefs-fuse-passthrough: FUSE passthrough: the kernel is older than Linux 6.9, which introduced it';

test('a long line is wrapped between words on a narrow terminal, and stays one line in a file', () => {
  const wrapped = printed(LONG, { isTTY: true, columns: 80 });
  assert.ok(wrapped.split('\n').every((line) => line.length <= 80));
  assert.equal(wrapped.trim().split(/\s+/).join(' '), LONG);
  assert.equal(printed(LONG, { isTTY: true, columns: 200 }), `${LONG}\n`);
  assert.equal(printed(LONG, { isTTY: false }), `${LONG}\n`);
  assert.equal(printed('a\nforged\x1b[2J', { isTTY: false }), 'a\\u{a}forged\\u{1b}[2J\n');
});

test('a line that fits is printed unchanged, with double spaces in a name', () => {
  const text = 'dropped: a  name';
  assert.equal(printed(text, { isTTY: true, columns: 80 }), `${text}\n`);
});
