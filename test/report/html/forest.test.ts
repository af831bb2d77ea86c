// The lines and the numbers beside the marks of the first chart.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatValue } from '../../../report/format.ts';
import { exampleRun } from '../support/example.ts';
import { runReader, skip } from './reader.ts';

const { opened } = runReader();

test(
  'each line of the forest ends where its interval does, and beside it stands the median of its arm',
  {
    skip,
  },
  () =>
    opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
      const shown =
        (await page.evaluate(`[...document.querySelectorAll('.forest tbody tr[data-arm]')].map((tr) => ({
      ends: ['x1', 'x2'].map((name) => parseFloat(tr.querySelector('.whisker').getAttribute(name)) / 100),
      median: tr.querySelector('.median').textContent,
    }))`)) as { readonly ends: number[]; readonly median: string }[];
      const { min, max } = (await page.evaluate('data.forests[0].span')) as Record<'min' | 'max', number>;
      const rows = (await page.evaluate('data.forests[0].quantities.flatMap(({ rows }) => rows)')) as {
        readonly ratio: readonly [number, number, number];
        readonly median: number;
      }[];
      const at = (ratio: number): number => Math.log(ratio / min) / Math.log(max / min);
      assert.equal(shown.length, rows.length);
      for (const [index, { ratio, median }] of rows.entries()) {
        const { ends } = shown[index]!;
        for (const [end, wanted] of [ratio[0], ratio[2]].entries())
          assert.ok(Math.abs(ends[end]! - at(wanted)) < 0.001, `${ratio}: ${ends[end]}`);
        assert.equal(shown[index]!.median, formatValue('Ns', median));
      }
    }),
);
