import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdownOf } from '../../../report/markdown/report.ts';
import { visible } from '../../../results/visible.ts';
import { HOSTILE } from '../../results/exports/support.ts';
import { exampleRun } from '../support/example.ts';
import { viewOf } from '../support/view.ts';
import { tablesIn, tagsIn } from './support.ts';

const markdownFor = (options: Parameters<typeof exampleRun>[0] = {}): string => {
  const { run, samples } = exampleRun(options);
  return markdownOf(viewOf(run, samples));
};

test('changed rows come first, the others are folded away', () => {
  const markdown = markdownFor();
  const verdicts = tablesIn(markdown)
    .filter(({ head }) => head.includes('verdict') && head.includes('ratio'))
    .map(({ rows }) => rows.map((cells) => cells.at(-1)!.replaceAll('*', '')));
  const [changed, rest] = verdicts as [string[], string[]];
  assert.ok(changed.length > 0 && changed.every((verdict) => /^(slower|faster)$/.test(verdict)));
  assert.deepEqual(changed, [...changed].sort().reverse(), 'slower before faster');
  assert.ok(rest.length > 0 && rest.every((verdict) => /^(same|undecided|too few blocks)$/.test(verdict)));
  assert.ok(markdown.indexOf('slower') < markdown.indexOf('<details>'));
});

test('a hostile name stays in its cell, as text', () => {
  const markdown = markdownFor({ images: [HOSTILE] });
  const [first] = tablesIn(markdown);
  assert.equal(first!.rows[0]![1], visible(HOSTILE));
  assert.deepEqual(
    [...tagsIn(markdown)].filter(
      (tag) =>
        !['h3', 'p', 'code', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'strong', 'details'].includes(
          tag,
        ) && !['summary', 'ul', 'li', 'blockquote'].includes(tag),
    ),
    [],
  );
  assert.doesNotMatch(markdown, /@user|#1(?!\d)|:tada:|www\.x/);
});

test('a run of very many images stays below what GitHub takes', () => {
  const images = Array.from({ length: 40 }, (_, at) => `${HOSTILE} ${'n'.repeat(300)} ${at}`);
  const markdown = markdownFor({ images });
  assert.ok(markdown.length < 60_000, `${markdown.length}`);
  assert.match(markdown, /\d+ rows are left out/);
});
