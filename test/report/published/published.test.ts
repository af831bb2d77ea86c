import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { ratioOf } from '../../../report/analysis/published.ts';
import { mailOf } from '../../../report/mail/mail.ts';
import { tables } from '../../../report/published/registry.ts';
import { htmlOf } from '../../../report/render.ts';
import type { PublishedCell, ReportView } from '../../../report/view.ts';
import { scenarios } from '../../../scenarios/registry.ts';
import { around, made } from '../claims/journal.ts';
import { viewOf } from '../support/view.ts';

const cell = (view: ReportView, id: string, row: string, column: number): PublishedCell =>
  view.published.find((table) => table.id === id)!.rows.find(({ name }) => name === row)!.cells[column]!;

const given = made({
  groups: [
    {
      scenario: 'walk-warm',
      time: {
        'erofs-overlay': { walkWallNs: around(100e6) },
        'erofs-only': { walkWallNs: around(80e6) },
        'unpacked-overlay': { walkWallNs: around(90e6) },
      },
    },
    {
      scenario: 'random-stat',
      params: { stats: 500 },
      time: { 'erofs-overlay': { statAllWallNs: around(9e6) } },
    },
  ],
});
const view = viewOf(given.run, given.samples);

test('there are T1 to T9, each with author, date, source and differences', () => {
  assert.deepEqual(
    tables.map(({ id }) => id),
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `T${number}`),
  );
  for (const { id, by, date, where, differs } of tables) {
    assert.ok(by.length > 5 && where.length > 10, id);
    assert.match(date, /^20\d\d-\d\d(-\d\d)?$/, id);
    for (const what of ['kernel', 'disk', 'image']) assert.match(differs.join('; '), new RegExp(what), id);
  }
});

test('the nearest backend and metric of every row and column exist', () => {
  const known = new Set(backends.map(({ id }) => id));
  for (const { id, rows, columns } of tables) {
    for (const { ours } of rows) assert.ok(ours === null || known.has(ours), `${id}: no backend ${ours}`);
    for (const { ours } of columns) {
      if (ours === undefined) continue;
      const scenario = scenarios.find((one) => one.id === ours.scenario);
      assert.ok(scenario?.metrics[ours.metric] !== undefined, `${id}: ${ours.scenario} ${ours.metric}`);
    }
  }
});

test('every row has a value or null for every column, and every baseline is a row', () => {
  for (const { id, rows, columns } of tables) {
    for (const { name, values } of rows) assert.equal(values.length, columns.length, `${id} ${name}`);
    for (const [index, { baseline }] of columns.entries()) {
      const row = rows.find(({ name }) => name === baseline);
      assert.notEqual(row?.values[index] ?? null, null, `${id} ${baseline}`);
    }
  }
});

test('published ratios are taken to the baseline of their own column', () => {
  assert.equal(cell(view, 'T2', 'plain directory', 0).ratio, 1449 / 1827);
  assert.equal(cell(view, 'T2', 'plain directory', 4).ratio, 394 / 523);
  assert.equal(cell(view, 'T2', 'erofs + overlay, lazy lookup', 0).ratio, null);
  assert.equal(cell(view, 'T1', 'composefs kernel module', 0).ratio, 681 / 1788);
  assert.equal(cell(view, 'T6', 'erofs, raw disk', 2).ratio, 179 / 60);
  assert.equal(cell(view, 'T3', 'composefs kernel module', 1).ratio, 16_367_616 / 48_390_144);
  assert.deepEqual(cell(view, 'T9', 'with sharing', 0).ratio, [0.51, 0.84]);
});

test('a direct loop device is compared with a buffered one, published and measured, never with a mount from the file', () => {
  const walks = made({
    groups: [
      {
        scenario: 'walk-cold',
        time: {
          'erofs-overlay': { walkWallNs: around(100e6) },
          'erofs-overlay-loop': { walkWallNs: around(200e6) },
          'erofs-overlay-loop-dio': { walkWallNs: around(300e6) },
        },
      },
    ],
  });
  const seen = viewOf(walks.run, walks.samples);
  const row = 'erofs + overlay, direct-I/O loop';
  const here = cell(seen, 'T2', row, 0).ours;
  assert.ok(here?.kind === 'interval' && Math.abs(here.center - 1.5) < 1e-9);
  assert.equal(cell(seen, 'T2', row, 0).ratio, 2156 / 1827);
  assert.equal(cell(seen, 'T2', row, 3).ratio, 1810 / 1412, 'without lazy lookup, like the row itself');
  assert.match(htmlOf(seen), /<span class="versus">to erofs-overlay-loop<\/span>/);
  const mail = mailOf(seen, { long: true }).replaceAll(/\s+/g, ' ');
  assert.match(mail, /direct-I\/O loop: to erofs \+ overlay, here to erofs-overlay-loop/);
  assert.match(
    mail.replaceAll(/\s+/g, ' '),
    /1\.18 \| 1\.50 \(\d\.\d\d\.\.\d\.\d\d\)/,
    'measured ratio with its interval',
  );
  const without = made({
    groups: [
      {
        scenario: 'walk-cold',
        time: {
          'erofs-overlay': { walkWallNs: around(100e6) },
          'erofs-overlay-loop-dio': { walkWallNs: around(300e6) },
        },
      },
    ],
  });
  assert.equal(cell(viewOf(without.run, without.samples), 'T2', row, 0).ours, null);
});

test('measured ratios are of the largest image that was measured', () => {
  const on = (image: string) => ({
    scenario: 'walk-warm',
    image,
    time: { 'erofs-overlay': { walkWallNs: around(100e6) }, 'erofs-only': { walkWallNs: around(80e6) } },
  });
  const two = made({
    groups: [on('small'), on('large')],
    images: [
      { name: 'small', entryCount: 10 },
      { name: 'large', entryCount: 1000 },
    ],
  });
  const t2 = viewOf(two.run, two.samples).published.find(({ id }) => id === 'T2')!;
  assert.equal(t2.columns[1]!.image, 'large');
});

test('a ratio of ranges contains every ratio of their values', () => {
  assert.deepEqual(ratioOf([1, 2], [4, 5]), [1 / 5, 2 / 4]);
  assert.equal(ratioOf(3, 2), 1.5);
  assert.equal(ratioOf(null, 2), null);
  assert.equal(ratioOf(3, null), null);
});

test('a measured ratio is shown only if the run measured both sides', () => {
  const ours = cell(view, 'T2', 'erofs, loop', 1).ours;
  assert.ok(ours?.kind === 'interval' && Math.abs(ours.center - 0.8) < 1e-9);
  assert.equal(cell(view, 'T2', 'erofs, loop', 0).ours, null, 'nothing cold was measured');
  assert.equal(cell(view, 'T2', 'composefs kernel module', 1).ours, null);
  assert.equal(cell(view, 'T6', 'erofs, buffered loop', 2).ours, null, 'erofs-only was not measured');
  const t6 = view.published.find(({ id }) => id === 'T6')!;
  assert.deepEqual(
    t6.columns.map(({ image }) => image),
    [null, null, 'made'],
  );
});

test('the page labels tables as published and folds those without measured ratios', () => {
  const page = htmlOf(view);
  assert.match(page, /<details open><summary>T2: listing cs9-developer, two machines \(published\)/);
  assert.match(page, /<details><summary>T8: /);
  assert.match(page, /Published: Giuseppe Scrivano, 2023-01-25, Message-ID 87wn5ac2z6\.fsf@redhat\.com/);
  assert.match(page, /391 ms <b>0\.74<\/b>/);
  assert.match(page, /<span class="versus">here 0\.80 \(0\.\d\d\.\.0\.\d\d\)<\/span>/);
});
