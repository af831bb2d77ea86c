import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isYesNo, yesNoMatrix } from '../../../report/html/matrix.ts';
import type { CountsView } from '../../../report/view-tables.ts';
import type { Metric } from '../../../results/schema/run.ts';
import { exampleRun } from '../support/example.ts';
import { viewOf } from '../support/view.ts';

const { run, samples } = exampleRun({ images: ['debian-12-base'], blocks: 8 });
const view = viewOf(run, samples);
const YES_NO: Metric = { title: '', better: 'higher', noise: 'exact', yesNo: true };
const always = (value: number) => ({ least: value, most: value, passes: 2 });

const counts = (rows: readonly (readonly [title: string, ...values: (number | null)[]])[]): CountsView => ({
  image: 'an image',
  scenario: 'tamper',
  params: '',
  rows: rows.map(([title, ...values]) => ({
    metric: 'someCount',
    info: { ...YES_NO, title },
    headline: true,
    counts: view.arms.map((_, index) => {
      const value = values[index] ?? null;
      return value === null ? null : always(value);
    }),
  })),
});

/** Cells of the body, without markup. */
const cellsOf = (markup: string): readonly string[][] =>
  [...markup.matchAll(/<tr><th scope="row">(.*?)<\/th>(.*?)<\/tr>/gs)].map(([, name, cells]) => [
    name!,
    ...[...cells!.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => cell!.replace(/<[^>]*>/g, '')),
  ]);

test('yes and no are marks with words for screen readers; an arm has only columns with an answer', () => {
  const shown = yesNoMatrix(
    view,
    counts([
      ['an owner: the mount shows it', 1, 0],
      ['an owner: noticed', 0],
      ['<b>a name</b>: the mount shows it', 1, null],
    ]),
  )!.markup;
  assert.deepEqual(cellsOf(shown), [
    ['an owner', '✓yes', '✗no', '✗no'],
    ['&lt;b&gt;a name&lt;/b&gt;', '✓yes', '– not tested', '– not tested'],
  ]);
  assert.equal([...shown.matchAll(/<th scope="col" data-arm/g)].length, 3);
  assert.match(shown, /aria-hidden="true">✓</);
});

test('passes that disagree are shown as yes and no', () => {
  const one = counts([['refused', 1]]);
  const row = { ...one.rows[0]!, counts: [{ least: 0, most: 1, passes: 2 }] };
  assert.deepEqual(cellsOf(yesNoMatrix(view, { ...one, rows: [row] })!.markup), [['refused', 'yes and no']]);
});

test('metrics of runs before yesNo are known by their names; other counts are numbers', () => {
  const { yesNo: _, ...older } = YES_NO;
  for (const metric of ['modeByFileCount', 'contentShownCount', 'renameByManifestCount', 'crossDeviceCount'])
    assert.ok(isYesNo(metric, older), metric);
  for (const metric of ['rightFileCount', 'walkLookupCount', 'stillThereCount'])
    assert.ok(!isYesNo(metric, older), metric);
  assert.ok(!isYesNo('modeByFileCount', { ...older, yesNo: false }));
  assert.equal(yesNoMatrix(view, { ...counts([]), rows: [] }), null);
});
