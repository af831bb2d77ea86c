// What a reader's browser makes of a comparison.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import { compareText } from '../../../report/compare/text.ts';
import { formatRatio, formatValue, grouped } from '../../../report/format.ts';
import { compareMarkdown } from '../../../report/markdown/compare.ts';
import { compareHtml } from '../../../report/pages.ts';
import { type Comparison, compareArms, compareRuns } from '../../../results/gate/compare.ts';
import { gateOf } from '../../../results/gate/gate.ts';
import type { LatencyResult } from '../../../results/gate/latencies.ts';
import {
  changed,
  example,
  type Given,
  loaded,
  oneMore,
  twoArms,
  withTools,
} from '../../results/gate/support.ts';
import { chartsIn, type Reader, saved, skip, startReader, unfoldAll, until, violationsIn } from './reader.ts';

let reader: Reader | undefined;
before(async () => {
  if (skip === false) reader = await startReader();
});
after(() => reader?.close());

interface Made {
  readonly html: string;
  readonly comparison: Comparison;
}

const JUDGING = { strict: false, allowMissing: [] };

const ofArms = (given: Given): Made => {
  const head = loaded(given);
  const comparison = compareArms(head);
  return {
    comparison,
    html: compareHtml({ comparison, base: null, head }, gateOf(comparison, head, JUDGING), true),
  };
};

const ofRuns = (first: Given, second: Given): Made => {
  const [base, head] = [loaded(first), loaded(second)];
  const comparison = compareRuns(base, head);
  return {
    comparison,
    html: compareHtml({ comparison, base, head }, gateOf(comparison, head, JUDGING), true),
  };
};

const base = example({ images: ['debian-12-static'] });
const where = { arm: 'unpacked-overlay', phase: 'create', actor: 'tar', call: 'openat' } as const;

/** All times of one arm in every timed pass, times a factor. */
const slowed = (given: Given, arm: string, factor: number): Given =>
  changed(given, (sample) =>
    sample.outcome !== 'ok' || sample.pass !== 'time' || sample.arm !== arm
      ? sample
      : {
          ...sample,
          values: Object.fromEntries(
            Object.entries(sample.values).map(([name, value]) => [
              name,
              /Ns$/.test(name) ? value * factor : value,
            ]),
          ),
        },
  );

interface Shown {
  readonly place: string;
  readonly metric: string;
  readonly cells: Readonly<Record<string, string>>;
}

const rowsIn = (page: Page, table: string): Promise<readonly Shown[]> =>
  page.evaluate(`[...document.querySelectorAll('[data-table=${table}] tr:not(.section)')].filter((tr) => tr.querySelector('td')).map((tr) => ({
    place: tr.closest('tbody').dataset.place,
    metric: (tr.querySelector('.metric') ?? tr.querySelector('th')).textContent.replace(' (fails the gate)', ''),
    cells: Object.fromEntries([...tr.querySelectorAll('td')].map((td) => [td.dataset.arm, td.textContent])),
  }))`);

const placeOf = ({ place }: { place: LatencyResult['place'] }): string =>
  [place.scenario, place.params, place.image, place.arm].filter((part) => part !== '').join(', ');

const ratio = ({ ratio: of }: LatencyResult): string =>
  of.kind === 'interval' ? `${formatRatio(of.center)} (${formatRatio(of.lo)}..${formatRatio(of.hi)})` : '';

test('two arms: every number of the rows that changed is that of the comparison', { skip }, async () => {
  const { html, comparison } = ofArms(twoArms(24, 1.5));
  const expected = comparison.latencies.rows
    .filter(({ verdict }) => verdict === 'slower' || verdict === 'faster')
    .map((row) => ({
      place: placeOf(row),
      cells: {
        base: formatValue(row.metric, row.baseMedian),
        head: formatValue(row.metric, row.headMedian),
        ratio: ratio(row),
        verdict: row.verdict,
        'would show': row.detectable === null ? '–' : formatRatio(row.detectable),
        'base again': row.nullRatio === null ? '–' : formatRatio(row.nullRatio),
        blocks: String(row.n),
      },
    }));
  assert.ok(expected.length > 10);
  await reader!.open(html, async (page) => {
    const found = (await rowsIn(page, 'changed-times')).map(({ place, cells }) => ({ place, cells }));
    const byText = (rows: readonly object[]): readonly string[] =>
      rows.map((row) => JSON.stringify(row)).sort();
    assert.deepEqual(byText(found), byText(expected));
    assert.equal((await rowsIn(page, 'all-times')).length, comparison.latencies.rows.length);
  });
});

test('two runs: ratios of both, and counts as the text has them', { skip }, async () => {
  const { html, comparison } = ofRuns(base, oneMore(slowed(base, 'composefs-fuse', 3), where));
  const gate = gateOf(comparison, loaded(base), JUDGING);
  const text = compareText(comparison, {
    columns: 1000,
    explain: false,
    gate,
    isGated: false,
    run: base.run,
  });
  await reader!.open(html, async (page) => {
    const times = await rowsIn(page, 'changed-times');
    assert.ok(times.length > 5);
    for (const { place, cells } of times) {
      assert.match(place, /composefs-fuse$/);
      const [was, is] = ['base', 'head'].map((side) => cells[`${side}: ratio`]!);
      assert.ok(text.includes(`base ${was}  head ${is}`), `${was} ${is}`);
    }
    const rows = comparison.latencies.rows.filter(({ place }) => place.arm === 'composefs-fuse');
    for (const row of rows.slice(0, 3)) {
      const head = ratio(row);
      assert.ok(
        times.some(({ cells }) => cells['head: ratio'] === head && cells['head: verdict'] === row.verdict),
        head,
      );
    }
    const worse = comparison.exact.filter(({ status }) => status === 'worse');
    assert.ok(worse.length > 0);
    assert.deepEqual(
      (await rowsIn(page, 'changed-counts')).map(({ metric, cells }) => [metric, cells]),
      worse.map((row) => [
        'create: tar: openat',
        {
          status: 'worse',
          base: grouped(row.base!.least),
          head: grouped(row.head!.least),
          change: '+1',
        },
      ]),
    );
    assert.match(
      String(await page.evaluate('document.querySelector("li.explained").textContent')),
      /so this is not noise/,
    );
  });
});

test('no rerun is mentioned unless a rerun refuted a row; without --gate there is no alert about an exit code', () => {
  const head = loaded(twoArms(24, 1.5));
  const comparison = compareArms(head);
  const page = (isRefuted: boolean, isGated: boolean): string => {
    const gate = gateOf(comparison, head, { ...JUDGING, ...(isRefuted ? { isRefuted: () => true } : {}) });
    return compareHtml({ comparison, base: null, head }, gate, isGated);
  };
  assert.match(page(true, true), /the rerun did not confirm it/);
  assert.doesNotMatch(page(false, true), /rerun/);
  assert.doesNotMatch(page(false, false), /rerun/);
  assert.match(page(false, true), /The gate ends with exit code 2/);
  assert.doesNotMatch(page(false, false), /exit code/);
});

test('the numbers of the first sentence are those of the gate', () => {
  const head = loaded(twoArms(24, 1.5));
  const comparison = compareArms(head);
  const gate = gateOf(comparison, head, JUDGING);
  const worse = gate.red.length;
  const markdown = compareMarkdown(comparison, { gate, isGated: true, run: head.run });
  assert.match(
    markdown,
    new RegExp(
      `^## cfsbench: ${worse} rows worse than the base\\n[\\s\\S]*exit code 2;[\\s\\S]*### Worse: ${worse} rows`,
    ),
  );
  assert.match(
    compareHtml({ comparison, base: null, head }, gate, true),
    new RegExp(`<p class="finding">${worse} rows worse than the base\\. Of \\d+ times, ${worse} worse, `),
  );
  const text = compareText(comparison, { columns: 80, explain: false, gate, isGated: true, run: head.run });
  assert.match(
    text,
    new RegExp(`^Worse: ${worse}$[\\s\\S]*Gate: ${worse} rows worse than the base\\.\\n$`, 'm'),
  );
});

test('distributions: a chart for each row that differs, a step for each block', { skip }, async () => {
  await reader!.open(ofArms(twoArms(24, 1.5)).html, async (page) => {
    const charts = await chartsIn(page);
    const rows = await rowsIn(page, 'changed-times');
    assert.equal(charts.length, Math.min(24, rows.length));
    for (const [, datasets] of charts)
      assert.deepEqual(datasets, [
        ['base', 25],
        ['head', 25],
        ['base again', 25],
      ]);
    const medians = await page.evaluate(
      `[...document.querySelectorAll('figure')].map((figure) => [...figure.querySelectorAll('tbody tr:nth-child(4) td')].map((td) => td.textContent))`,
    );
    assert.equal((medians as string[][]).length, charts.length);
    assert.ok((medians as string[][]).every(([one, other]) => one !== other));
    const stepped = await page.evaluate(
      'Chart.getChart("curves-0").config.data.datasets.map(({ stepped }) => stepped)',
    );
    assert.deepEqual(stepped, ['before', 'before', 'before']);
  });
  await reader!.open(ofRuns(base, base).html, async (page) => assert.deepEqual(await chartsIn(page), []));
});

test('a chart is saved as a picture and as numbers, with both runs in it; a link leads to a row', {
  skip,
}, async () => {
  await reader!.open(ofRuns(base, slowed(base, 'composefs-fuse', 2)).html, async (page) => {
    await until(page, 'document.querySelector("figure .tool") !== null');
    const title = String(await page.evaluate('document.querySelector("figcaption > span").firstChild.data'));
    const svg = String((await saved(page, `save the chart ${title} as an SVG file`)).bytes);
    assert.ok(svg.includes(`<title>${title}</title>`), svg.slice(0, 300));
    for (const text of ['base: ', 'head: ', 'cfsbench comparison of ']) assert.ok(svg.includes(text), text);
    const rows = parse(
      (await saved(page, `save the numbers of the chart ${title} as a CSV file`)).bytes,
    ) as string[][];
    assert.equal(rows[0]![0], 'series');
    assert.deepEqual([...new Set(rows.slice(1).map(([side]) => side))], ['base', 'head']);
    await page.hover('[data-table=all-times] tbody tr:last-child');
    const id = String(
      await page.evaluate('document.querySelector("[data-table=all-times] tbody tr:last-child").id'),
    );
    assert.notEqual(id, '');
    await page.evaluate(`location.hash = '#${id}'`);
    await until(page, 'document.querySelector("tr.aimed") !== null');
    assert.equal(await page.evaluate('document.querySelector("tr.aimed").id'), id);
  });
});

test('only what differs between the machines is named', { skip }, async () => {
  const { html } = ofRuns(base, withTools(base, { tar: 'tar 2' }));
  await reader!.open(html, async (page) => {
    const items = await page.evaluate(
      `[...document.querySelectorAll('[data-item]')].map((tr) => [tr.dataset.item, ...[...tr.querySelectorAll('td')].map((td) => td.textContent)])`,
    );
    assert.deepEqual(items, [['tools.tar', 'tar (GNU tar) 1.34', 'tar 2']]);
    const why = String(
      await page.evaluate('document.querySelector("[data-status=incomparable]").textContent'),
    );
    assert.match(why, /tar: tar \(GNU tar\) 1\.34 in the base, tar 2 in the head/);
  });
});

test('what is gone is named with the reason', { skip }, async () => {
  const gone = changed(base, (sample) => (sample.arm === 'unpacked-overlay' ? null : sample));
  await reader!.open(ofRuns(base, gone).html, async (page) => {
    const statuses = (await rowsIn(page, 'changed-counts')).map(({ cells }) => cells['status']);
    assert.ok(statuses.length > 0 && statuses.every((status) => status === 'vanished'));
    assert.equal(
      await page.evaluate('document.querySelectorAll("[data-status=vanished] li").length'),
      statuses.length,
    );
    assert.match(
      String(await page.evaluate('document.querySelector("li.explained").textContent')),
      /--allow-missing/,
    );
  });
});

test('hostile names are text', { skip }, async () => {
  const name = '</script><script>window.owned=1</script><img src=x onerror=window.owned=1>\u202e\u0007"\'';
  const hostile = (given: Given): Given => ({
    ...given,
    run: {
      ...given.run,
      id: name,
      host: name,
      commandLine: [name],
      cfsbench: { version: name, commit: name },
    },
  });
  const first = hostile(example({ images: [name] }));
  const second = withTools(slowed(first, 'composefs-fuse', 3), { tar: name, [name]: name });
  for (const { html } of [ofRuns(first, second), ofArms(hostile(twoArms(24, 1.5)))])
    await reader!.open(html, async (page) => {
      assert.equal(await page.evaluate('window.owned'), undefined);
      assert.equal(await page.evaluate('document.images.length'), 0);
      const text = String(await page.evaluate('document.body.innerText'));
      assert.ok(text.includes('<img src=x onerror=window.owned=1>\\u{202e}\\u{7}'));
      assert.doesNotMatch(text, /[\u202e\u0007]/);
    });
});

test('axe-core finds nothing, in light and in dark', { skip }, async () => {
  const pages = [
    ofArms(twoArms(24, 1.5)).html,
    ofRuns(base, withTools(oneMore(slowed(base, 'composefs-fuse', 3), where), { rm: 'rm 2' })).html,
  ];
  for (const html of pages)
    for (const colorScheme of ['light', 'dark'] as const)
      await reader!.open(
        html,
        async (page) => {
          await unfoldAll(page);
          assert.deepEqual(await violationsIn(page, colorScheme === 'light' ? 'all' : 'of colors'), []);
        },
        { colorScheme },
      );
});

test('nothing but scrollable tables is wider than a telephone', { skip }, async () => {
  for (const { html } of [
    ofArms(twoArms(24, 1.5)),
    ofRuns(base, withTools(slowed(base, 'composefs-fuse', 3), { rm: 'rm 2' })),
  ])
    await reader!.open(
      html,
      async (page) => assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390),
      { width: 390 },
    );
});

test('the same runs give the same bytes', () => {
  assert.equal(ofArms(twoArms(24, 1.5)).html, ofArms(twoArms(24, 1.5)).html);
  assert.equal(ofRuns(base, base).html, ofRuns(base, base).html);
});
