// What a reader's browser makes of the history.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { swatch } from '../../../report/html/legend.ts';
import { historyHtml } from '../../../report/pages.ts';
import { historyLines } from '../../../results/history/line.ts';
import { hasChanged, type Trend, trends } from '../../../results/history/trends.ts';
import type { HistoryLine } from '../../../results/schema/history.ts';
import { example, loaded, oneMore } from '../../results/gate/support.ts';
import { exampleRun } from '../support/example.ts';
import { viewOf } from '../support/view.ts';
import { chartsIn, type Reader, saved, skip, startReader, unfoldAll, violationsIn } from './reader.ts';

let reader: Reader | undefined;
before(async () => {
  if (skip === false) reader = await startReader();
});
after(() => reader?.close());

const base = example({ images: ['debian-12-static'] });
const more = oneMore(base, { arm: 'unpacked-overlay', phase: 'create', actor: 'tar', call: 'openat' });
const RUNS = 14;
const CHANGED_AT = 6;

const lines: readonly HistoryLine[] = [loaded(base), loaded(more)].map(historyLines).flatMap((own, isMore) =>
  Array.from({ length: RUNS }, (_, run) => run)
    .filter((run) => run >= CHANGED_AT === (isMore === 1))
    .flatMap((run) =>
      own.map((line) => ({
        ...line,
        run: `run-${run + 1}`,
        startedAt: `2026-01-${String(run + 1).padStart(2, '0')}T00:00:00.000Z`,
      })),
    ),
);
const found: readonly Trend[] = trends(lines);
const html = (of: readonly Trend[], all = false): string =>
  historyHtml(of, { all, hrefOf: (run) => (run === 'run-3' ? '../runs/run-3/report.html' : null) });

test(
  'a chart for what changed and for every ratio, each with all runs and its changes marked',
  { skip },
  () =>
    reader!.open(html(found), async (page) => {
      const changed = found.filter(hasChanged);
      const ratios = found.filter((trend) => !hasChanged(trend) && trend.of.noise === 'noisy');
      assert.ok(changed.length > 0 && ratios.length > 5);
      const charts = await chartsIn(page);
      assert.equal(charts.length, changed.length + ratios.length);
      assert.deepEqual(
        charts.map(([, datasets]) => datasets.map(([label, length]) => (label === 'fence' ? label : length))),
        [
          ...changed.map(({ changes }) => [RUNS, changes.length + 2, changes.length, 'fence']),
          ...ratios.map(() => [RUNS, 0, 0, 'fence']),
        ],
      );
      assert.deepEqual(charts[0]![1][3], ['fence', 1]);
      const marks = await page.evaluate(
        'Chart.getChart("trend-0").config.data.datasets[2].data.map(({ x }) => x)',
      );
      assert.deepEqual(marks, [CHANGED_AT]);
      assert.match(
        String(await page.evaluate('document.querySelector("#changed ~ .trends .note").textContent')),
        /^changed with run-7, and not by a commit: /,
      );
    }),
);

test('a trend is saved as a picture and as numbers, and has a link of its own', { skip }, () =>
  reader!.open(html(found), async (page) => {
    const title = String(await page.evaluate('document.querySelector("figcaption > span").firstChild.data'));
    const svg = String((await saved(page, `save the chart ${title} as an SVG file`)).bytes);
    assert.ok(svg.includes(`cfsbench history of ${RUNS} runs`));
    const csv = String((await saved(page, `save the numbers of the chart ${title} as a CSV file`)).bytes);
    assert.ok(csv.split('\r\n').length > RUNS, csv);
    const pin = await page.evaluate(
      '[document.querySelector("figure").id, document.querySelector("figure .pin").getAttribute("href")]',
    );
    const [id, href] = pin as [string, string];
    assert.ok(id.length > 0);
    assert.equal(href, `#${id}`);
  }),
);

test('an arm has the same color and mark as on the page of a run', { skip }, () => {
  const { arms } = viewOf(exampleRun().run, exampleRun().samples);
  return reader!.open(html(found), async (page) => {
    const shown = (await page.evaluate(
      `[...document.querySelectorAll('.legend span')].map((one) => [one.textContent.trim(), one.querySelector('svg').outerHTML])`,
    )) as readonly (readonly [string, string])[];
    assert.ok(shown.length > 1);
    for (const [name, mark] of shown)
      assert.equal(mark.replace(/><\/(?!svg)\w+>/, '/>'), swatch(arms.find(({ id }) => id === name)!).markup);
    const colors = await page.evaluate(
      `data.lines.map(({ id, lines }) => [armName(lines[0].arm), Chart.getChart(id).config.data.datasets[0].borderColor])`,
    );
    for (const [name, color] of colors as readonly (readonly [string, string])[])
      if (name === 'composefs-fuse') assert.equal(color, '#c65500');
  });
});

test('the table of a chart has its numbers, and links to the runs that are known', { skip }, () =>
  reader!.open(html(found), async (page) => {
    const points = await page.evaluate(
      'Chart.getChart("trend-0").config.data.datasets[0].data.map(({ y }) => y)',
    );
    const table = await page.evaluate(
      `[...document.getElementById('trend-0').closest('figure').querySelectorAll('tbody tr')].map((tr) => tr.querySelectorAll('td')[2].textContent)`,
    );
    assert.deepEqual(
      (table as string[]).map((text) => Number(text.replaceAll(',', ''))),
      points,
    );
    const first = found.find(hasChanged)!;
    assert.deepEqual(
      points,
      first.lines.map(({ value }) => value),
    );
    const links = await page.evaluate(
      `[...new Set([...document.querySelectorAll('main section table a:not(.pin)')].map((a) => a.getAttribute('href')))]`,
    );
    assert.deepEqual(links, ['../runs/run-3/report.html']);
  }),
);

test('every series stands on the page once, with a chart or without', { skip }, () =>
  reader!.open(html(found), async (page) => {
    const charts = (await chartsIn(page)).length;
    const rest = await page.evaluate('document.querySelectorAll("#counts ~ details tbody tr").length');
    assert.equal(charts + Number(rest), found.length);
  }),
);

test('hostile names are text', { skip }, async () => {
  const name = '</script><script>window.owned=1</script><img src=x onerror=window.owned=1>\u202e\u0007"\'';
  const hostile = trends(
    lines.map((line) => ({
      ...line,
      run: line.run + name,
      host: name,
      commit: name,
      arm: name,
      what: line.what + name,
    })),
  );
  await reader!.open(html(hostile), async (page) => {
    assert.equal(await page.evaluate('window.owned'), undefined);
    assert.equal(await page.evaluate('document.images.length'), 0);
    const text = String(await page.evaluate('document.body.innerText'));
    assert.ok(text.includes('<img src=x onerror=window.owned=1>\\u{202e}\\u{7}'));
    assert.doesNotMatch(text, /[\u202e\u0007]/);
  });
});

test('axe-core finds nothing, and the page is no wider than a telephone', { skip }, async () => {
  for (const colorScheme of ['light', 'dark'] as const)
    await reader!.open(
      html(found),
      async (page) => {
        await unfoldAll(page);
        assert.deepEqual(await violationsIn(page, colorScheme === 'light' ? 'all' : 'of colors'), []);
      },
      {
        colorScheme,
      },
    );
  await reader!.open(
    html(found),
    async (page) => assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390),
    { width: 390 },
  );
});

/** A series of its own: the value of each run. */
const seriesOf = (
  of: Partial<HistoryLine>,
  values: readonly number[],
  firstRun = 1,
): readonly HistoryLine[] =>
  values.map((value, at) => ({
    ...lines[0]!,
    noise: 'exact',
    ...of,
    run: `run-${firstRun + at}`,
    startedAt: `2026-01-${String(firstRun + at).padStart(2, '0')}T00:00:00.000Z`,
    value,
    lo: value,
    hi: value,
  }));

test('bytes are exact: a change by 100 of a million is seen', () => {
  const page = html(trends(seriesOf({ what: 'storedBytes' }, [1_048_576, 1_048_676])));
  assert.match(page, /: 1,048,576 B → 1,048,676 B<\/p>/);
});

test('ticks of counts near each other differ', { skip }, () =>
  reader!.open(html(trends(seriesOf({ what: 'storedCount' }, [9214, 9215, 9216]))), async (page) => {
    const ticks = (await page.evaluate(
      'Chart.getChart("trend-0").scales.y.ticks.map(({ label }) => label)',
    )) as string[];
    assert.ok(ticks.length > 2, ticks.join());
    assert.equal(new Set(ticks).size, ticks.length, ticks.join());
  }),
);

test('series that differ in their fingerprint alone have ids and captions of their own', () => {
  const kernel = (name: string): Partial<HistoryLine> => ({
    what: 'walkWallNs',
    noise: 'noisy',
    fingerprint: { ...lines[0]!.fingerprint, kernel: name },
  });
  const page = html(trends([...seriesOf(kernel('6.12'), [2, 2]), ...seriesOf(kernel('6.18'), [3, 3], 3)]));
  const figures = [...page.matchAll(/<figure id="([^"]+)"[^>]*><figcaption><span>([^<]+)<\/span>/g)];
  assert.equal(new Set(figures.map(([, id]) => id)).size, 2);
  assert.deepEqual(figures.map(([, , caption]) => caption!.split(', ').at(-1)).toSorted(), [
    'runs since run-1',
    'runs since run-3',
  ]);
});

test('the same history gives the same bytes; an empty one is a page, too', () => {
  assert.equal(html(found), html(found));
  assert.match(html([]), /The history is empty/);
});
