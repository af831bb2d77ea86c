// Several runs as columns: data, text and Markdown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnsText } from '../../../report/compare/columns.ts';
import { formatValue, ratioText } from '../../../report/format.ts';
import { columnsMarkdown } from '../../../report/markdown/columns.ts';
import { columnsOf } from '../../../results/gate/columns.ts';
import { changed, example, type Given, loaded, oneMore } from './support.ts';

const base = example({ images: ['debian-12-static'] });
const where = { arm: 'unpacked-overlay', phase: 'create', actor: 'tar', call: 'openat' } as const;
const named = ({ run, samples }: Given, id: string): Given => ({ run: { ...run, id }, samples });
const withoutWalks = changed(base, (sample) => (sample.scenario === 'walk-cold' ? null : sample));

const runs = [named(base, 'first'), named(oneMore(base, where), 'second'), named(withoutWalks, 'third')].map(
  loaded,
);
const compared = columnsOf(runs);
const { images } = base.run;

test('every run has a cell in each row; a row that a run lacks is absent', () => {
  assert.deepEqual(
    compared.runs.map(({ id }) => id),
    ['first', 'second', 'third'],
  );
  for (const { place, cells } of compared.times) {
    assert.equal(cells.length, 3);
    assert.deepEqual(
      cells.map((cell) => cell !== null),
      [true, true, place.scenario !== 'walk-cold'],
    );
  }
  assert.ok(compared.times.some(({ place }) => place.scenario === 'walk-cold'));
});

test('the text has the baseline in its unit, ratios of each run, and the counts that changed against the first', () => {
  const text = columnsText(compared, { columns: 120, images });
  const mount = compared.times.find(
    ({ metric, place }) => metric === 'mountWallNs' && place.arm === 'composefs-fuse',
  )!;
  const [cell] = mount.cells;
  assert.match(text, /^run 2: second, /m);
  const row = text.split('\n').find((line) => line.startsWith('mount, composefs-fuse'))!;
  assert.equal(row.split(' | ').length, 4);
  assert.equal(row.split(' | ')[1]!.trim(), ratioText(cell!.ratio));
  const own = text.split('\n').find((line) => line.startsWith('mount, erofs-overlay'))!;
  assert.equal(own.split(' | ')[1]!.trim(), formatValue('mountWallNs', cell!.baseMedian).replace('µ', 'u'));
  assert.match(
    text,
    /^Run 2 against run 1: \d+ counts equal, 1 changed\n {2}worse: in create, tar: one more openat/m,
  );
  assert.match(text, /^Run 3 against run 1: .*\n {2}vanished: everything/m);
  assert.match(text, /never judged/);
});

test('runs that do not fit side by side follow below each other, within the width', () => {
  for (const columns of [60, 80]) {
    const text = columnsText(compared, { columns, images });
    assert.deepEqual(
      text.split('\n').filter((line) => line.length > columns),
      [],
    );
    assert.match(text, /^ .*\| +run 3$/m);
  }
});

test('the Markdown has a column for each run, and folds all but the first table', () => {
  const text = columnsMarkdown(compared, images);
  assert.match(text, /^\| time \| run 1 \| run 2 \| run 3 \|$/m);
  const [shown] = text.split('<details>');
  assert.equal(shown!.match(/^### /gm)!.length, 1);
});
