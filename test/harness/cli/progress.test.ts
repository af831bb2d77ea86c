import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { openProgress } from '../../../harness/cli/progress.ts';

const said = (text: string, terminal: { readonly isTTY: boolean; readonly columns?: number }): string => {
  let written = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      written += chunk;
      done();
    },
  });
  openProgress(Object.assign(stream, terminal) as NodeJS.WriteStream).say(text);
  return written;
};

const LONG =
  'budget: 111 s instead of 90 s: 8 blocks of everything, and a quarter more, take that long here (--budget sets it)';

test('what is said is folded between words where a terminal is narrower, and stays one line in a file', () => {
  const folded = said(LONG, { isTTY: true, columns: 80 });
  assert.ok(folded.split('\n').every((line) => line.length <= 80));
  assert.equal(folded.trim().split(/\s+/).join(' '), LONG);
  assert.equal(said(LONG, { isTTY: true, columns: 200 }), `${LONG}\n`);
  assert.equal(said(LONG, { isTTY: false }), `${LONG}\n`);
});

test('what fits stays as it is, spaces of a name in it, too', () => {
  const text = 'left out: a  name';
  assert.equal(said(text, { isTTY: true, columns: 80 }), `${text}\n`);
});
