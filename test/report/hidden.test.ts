import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailOf } from '../../report/mail/mail.ts';
import { htmlOf } from '../../report/render.ts';
import { terminalOf } from '../../report/terminal.ts';
import { exampleRun } from './support/example.ts';
import { viewOf } from './support/view.ts';

const { run, samples } = exampleRun();
const hiding = {
  ...run,
  proofs: run.proofs.map((proof, index) =>
    index < 2 ? { ...proof, arm: 'composefs-fuse-reference', hidden: ['security.capability'] } : proof,
  ),
};

test('attributes that a backend adds are told apart from those that it hides', () => {
  const names = ['mtime', 'the absence of /var', 'the absence of trusted.mark'];
  const adding = (hidden: readonly string[]) =>
    viewOf({ ...run, proofs: run.proofs.map((proof) => ({ ...proof, arm: 'other', hidden })) }, samples);
  const of = (hidden: readonly string[]): string => terminalOf(adding(hidden), { columns: 300 });
  assert.match(
    of(names),
    /^other does not show mtime and shows \/var, trusted\.mark beside the image; the rest/m,
  );
  assert.match(of(names.slice(2)), /^other shows trusted\.mark beside the image; the rest/m);
  const page = htmlOf(adding(names));
  assert.match(page, /except attributes that the arm hides: mtime, except what the arm adds: \/var, trusted/);
});

test('attributes that a backend hides are named once wherever its numbers are', () => {
  const view = viewOf(hiding, samples);
  const line =
    /composefs-fuse-reference does not show security\.capability; the rest of its tree is equal\./g;
  for (const text of [terminalOf(view, { columns: 200 }), mailOf(view).replaceAll(/\s+/g, ' ')])
    assert.equal(text.match(line)?.length, 1);
  assert.match(htmlOf(view), /equal<\/span>, except attributes that the arm hides: security\.capability/);
  assert.doesNotMatch(terminalOf(viewOf(run, samples), { columns: 200 }), line);
});
