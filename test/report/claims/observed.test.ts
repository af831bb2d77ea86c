// Results without timed blocks, and columns of variants.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyse } from '../../../report/analysis.ts';
import { htmlOf } from '../../../report/render.ts';
import { terminalOf } from '../../../report/terminal.ts';
import { startTally } from '../../../results/compare/tally.ts';
import { viewOf, walk } from './claim-views.ts';
import { type MadeRun, made } from './journal.ts';

const observed: MadeRun = {
  groups: [
    {
      scenario: 'churn',
      count: {
        'erofs-overlay': { linkedFileCount: 7, createdFileCount: 9, arriveWallNs: 0 },
        'unpacked-overlay': { arriveWallNs: 3 },
      },
      ledgers: { 'erofs-overlay': { create: { harness: { openat: 1 } } } },
    },
  ],
};

test('metrics without timed blocks are shown as observed, zeros included, headline first', () => {
  const view = viewOf([], observed);
  assert.deepEqual(
    view.observed.map(({ scenario, rows }) => [
      scenario,
      rows.map(({ metric, headline, counts }) => [
        metric,
        headline,
        counts.map((count) => count?.most ?? null),
      ]),
    ]),
    [
      [
        'churn',
        [
          ['arriveWallNs', true, [0, 3]],
          ['linkedFileCount', false, [7, null]],
        ],
      ],
    ],
  );
  const text = terminalOf(view);
  assert.match(text, /^Observed:\nchurn, made\n {2}arrive: erofs-overlay 0 ns, unpacked-overlay 3\.00 ns$/m);
  assert.match(htmlOf(view), /Counted, not timed/);
  assert.doesNotMatch(htmlOf(viewOf([])), /Counted, not timed/);
});

test('a variant has a column only where it was measured', () => {
  const { run, samples } = made({
    groups: [
      ...walk.groups,
      {
        scenario: 'walk-cold',
        image: 'second',
        time: { 'erofs-overlay': { walkWallNs: 9 }, loop: { walkWallNs: 9 } },
      },
    ],
  });
  const backends = { ...run.catalogue.backends, loop: { title: 'loop', how: 'by loop', answers: 'loops' } };
  const tally = startTally();
  for (const sample of samples) tally.add(sample);
  const view = analyse({ ...run, catalogue: { ...run.catalogue, backends } }, tally.finish());
  const [first, second] = terminalOf(view, { allImages: true }).split('second');
  assert.doesNotMatch(first!, /loop/);
  assert.match(second!, /loop/);
});
