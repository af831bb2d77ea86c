// The numbers that a reader's browser shows of a comparison.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { compareText } from '../../../report/compare/text.ts';
import { formatRatio, formatValue, grouped } from '../../../report/format.ts';
import { compareMarkdown } from '../../../report/markdown/compare.ts';
import { compareHtml } from '../../../report/pages.ts';
import { compareArms } from '../../../results/gate/compare.ts';
import { gateOf } from '../../../results/gate/gate.ts';
import type { LatencyResult } from '../../../results/gate/latencies.ts';
import { changed, loaded, oneMore, twoArms, withTools } from '../../results/gate/support.ts';
import { base, JUDGING, ofArms, ofRuns, rowsIn, slowed, where } from './compare-page-support.ts';
import { type Reader, skip, startReader } from './reader.ts';

let reader: Reader | undefined;
before(async () => {
  if (skip === false) reader = await startReader();
});
after(() => reader?.close());

const placeOf = ({ place }: { place: LatencyResult['place'] }): string =>
  [place.scenario, place.params, place.image, place.arm].filter((part) => part !== '').join(', ');

const ratio = ({ ratio: of }: LatencyResult): string =>
  of.kind === 'interval' ? `${formatRatio(of.center)} (${formatRatio(of.lo)}..${formatRatio(of.hi)})` : '';

test('two arms: every changed row shows the numbers of the comparison', { skip }, async () => {
  const { html, comparison } = ofArms(twoArms(24, 1.5));
  const expected = comparison.latencies.rows
    .filter(({ verdict }) => verdict === 'slower' || verdict === 'faster')
    .map((row) => ({
      place: placeOf(row),
      cells: {
        base: formatValue(row.metric, row.baseMedian),
        head: formatValue(row.metric, row.headMedian!),
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

test('two runs: the page shows the ratios of both, and the counts of the text', { skip }, async () => {
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
    new RegExp(`<p class="finding">${worse} rows worse than the base\\. Of \\d+ times: ${worse} worse; `),
  );
  const text = compareText(comparison, { columns: 80, explain: false, gate, isGated: true, run: head.run });
  assert.match(
    text,
    new RegExp(`^Worse: ${worse}$[\\s\\S]*Gate: ${worse} rows worse than the base\\.\\n$`, 'm'),
  );
});

test('rows that are slower without a judgement, refuted or too short are not called undecided', () => {
  const config = { scenarios: { churn: { gate: false } } };
  const sentence = (blocks: number, isRefuted: boolean): string => {
    const head = loaded(twoArms(blocks, 1.5));
    const comparison = compareArms(head, { config });
    const gate = gateOf(comparison, head, { ...JUDGING, isRefuted: () => isRefuted });
    const html = compareHtml({ comparison, base: null, head }, gate, true);
    return / Of \d+ times: [^.]*\./.exec(html)![0].replace(/\d+/g, 'N');
  };
  const rest = 'N faster; N the same; N below the floor';
  assert.equal(sentence(24, false), ` Of N times: N worse; N slower, not judged; ${rest}; N undecided.`);
  assert.equal(
    sentence(24, true),
    ` Of N times: N worse; N slower, not judged; N slower, not confirmed; ${rest}; N undecided.`,
  );
  assert.match(sentence(2, false), /; N with too few blocks; N undecided\.$/);
});

test('only differences between the machines are named', { skip }, async () => {
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

test('vanished rows are named with the reason', { skip }, async () => {
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
