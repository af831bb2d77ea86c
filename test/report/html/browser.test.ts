// The page in a browser: numbers, charts, hostile names, narrow screens, paper, accessibility.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { formatRatio, formatValue } from '../../../report/format.ts';
import { SHAPE_COUNT } from '../../../report/marks.ts';
import { verdictText } from '../../../report/verdict-words.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { exampleRun } from '../support/example.ts';
import { loadView } from '../support/load-view.ts';
import { chartsIn, runReader, skip, unfoldAll, until, violationsIn } from './reader.ts';

const { opened } = runReader();

interface ShownCell {
  readonly image: string;
  readonly section: string;
  readonly metric: string;
  readonly arm: string;
  readonly value: string | null;
  readonly ratio: string | null;
  readonly verdict: string | null;
}

const shownCells = (page: Page): Promise<readonly ShownCell[]> =>
  page.evaluate(`[...document.querySelectorAll('#table ~ .scroll table.first td[data-arm], #table ~ details table.first td[data-arm]')].map((td) => ({
    image: td.closest('table').dataset.image,
    section: td.closest('tbody').dataset.section,
    metric: td.closest('tr').dataset.metric,
    arm: td.dataset.arm,
    value: td.querySelector('.value')?.textContent ?? null,
    ratio: td.querySelector('.ratio')?.textContent ?? null,
    verdict: td.querySelector('.verdict')?.textContent ?? null,
  }))`);

test('the first table shows the numbers of the journal', { skip }, () =>
  opened(exampleRun(), async (page, folder) => {
    const view = await loadView(folder);
    const expected = view.tables.flatMap((table) =>
      table.sections.flatMap((section) =>
        section.rows.flatMap((row) =>
          row.cells.map((cell, index) => {
            const versus = cell.kind === 'absent' ? null : cell.versus;
            return {
              image: table.image ?? '',
              section: [section.scenario, section.params].filter((part) => part !== '').join(', '),
              metric: row.metric,
              arm: view.arms[index]!.id,
              value: cell.kind === 'value' && !cell.idle ? formatValue(row.metric, cell.median) : null,
              ratio: versus?.ratio.kind === 'interval' ? formatRatio(versus.ratio.center) : null,
              verdict: versus === null || view.arms[index]!.role === 'null' ? null : verdictText(versus),
            };
          }),
        ),
      ),
    );
    assert.deepEqual(await shownCells(page), expected);
    assert.equal(expected.length, 3 * 22 * 4);
  }),
);

const BLOCKS = 8;

test(
  'visible charts are drawn with the data of their figures, folded ones when they are opened',
  { skip },
  () =>
    opened(exampleRun(), async (page) => {
      const kinds = async (): Promise<Readonly<Record<string, readonly (readonly number[])[]>>> => {
        const found: Record<string, number[][]> = {};
        for (const [id, datasets] of await chartsIn(page)) {
          const kind = id.replace(/-.*/, '');
          found[kind] = [...(found[kind] ?? []), datasets.map(([, length]) => length)];
        }
        return found;
      };
      const points = [
        // Eight phases each. An unpacked image has nothing to ingest or collect; with a full store nothing to create or destroy either.
        [8, 8, 6, 8],
        [8, 8, 4, 8],
        // Arrival, removal and images per second, by store.
        [4, 4, 4, 4],
        [2, 2, 2, 2],
        [1, 1, 1, 1],
        [1, 1, 1, 1],
      ];
      const first = await kinds();
      assert.deepEqual(Object.keys(first).sort(), ['calls', 'lifecycle', 'order', 'points']);
      // The walks have one row each, whose blocks are shown in order; the eighteen rows of churn are folded.
      assert.equal(first['order']!.length, 2);
      assert.deepEqual(first['points'], points);
      assert.equal(first['calls']!.length, 4);
      for (const lengths of first['calls']!)
        assert.ok(
          lengths.every((length) => length === 3),
          'a bar for each counted arm',
        );
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      await until(
        page,
        '[...document.querySelectorAll("canvas")].every((canvas) => Chart.getChart(canvas) !== undefined)',
      );
      const all = await kinds();
      const [churn, walks] = [points.slice(0, 4), points.slice(4)];
      assert.deepEqual(all['points'], [...churn, ...churn, ...walks.flatMap((walk) => [walk, walk])]);
      assert.equal(all['calls']!.length, 8);
      // Ten headline rows per churn, one per walk: a step per block, and the start of the first step.
      const rows = 2 * (10 + 10 + 1 + 1);
      assert.equal(all['spread']!.length, rows);
      for (const lengths of all['spread']!) assert.ok(lengths.every((length) => length === BLOCKS + 1));
      assert.equal(all['order']!.length, rows);
      for (const lengths of all['order']!) assert.ok(lengths.every((length) => length === BLOCKS));
    }),
);

test('a changed sample changes the page', { skip }, async () => {
  const example = exampleRun();
  const mount = async (of: typeof example): Promise<string | null | undefined> => {
    let shown: string | null | undefined;
    await opened(of, async (page) => {
      shown = (await shownCells(page)).find(
        ({ metric, arm }) => metric === 'mountWallNs' && arm === 'composefs-fuse',
      )?.value;
    });
    return shown;
  };
  const doubled = example.samples.map(
    (sample): Sample =>
      sample.outcome === 'ok' &&
      sample.pass === 'time' &&
      sample.arm === 'composefs-fuse' &&
      sample.values['mountWallNs'] !== undefined
        ? { ...sample, values: { ...sample.values, mountWallNs: sample.values['mountWallNs'] * 100 } }
        : sample,
  );
  assert.match((await mount(example)) ?? '', /^1\.\d+ ms$/);
  assert.match((await mount({ ...example, samples: doubled })) ?? '', /^1\d\d ms$/);
});

test('hostile names are text', { skip }, () => {
  const name = '</script><script>window.owned=1</script><img src=x onerror=window.owned=1>\u202e\u0007"\'';
  const example = exampleRun({ images: [name] });
  const run = {
    ...example.run,
    host: name,
    warnings: [name],
    catalogue: {
      ...example.run.catalogue,
      scenarios: {
        ...example.run.catalogue.scenarios,
        churn: { ...example.run.catalogue.scenarios['churn']!, question: name },
      },
    },
  };
  return opened({ run, samples: example.samples }, async (page) => {
    assert.equal(await page.evaluate('window.owned'), undefined);
    assert.equal(await page.evaluate('document.images.length'), 0);
    const caption = await page.evaluate('document.querySelector("caption").textContent');
    assert.ok(
      String(caption).startsWith(
        '</script><script>window.owned=1</script><img src=x onerror=window.owned=1>\\u{202e}\\u{7}"\'',
      ),
    );
  });
});

test('only scrollable tables are wider than a phone, in light and in dark', {
  skip,
}, async () => {
  for (const colorScheme of ['light', 'dark'] as const)
    await opened(
      exampleRun(),
      async (page) => {
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
        const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        assert.equal(paper, colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 27)');
      },
      { width: 390, colorScheme },
    );
});

test('a chart in a folded part has its full size when it is opened', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
    await until(
      page,
      '[...document.querySelectorAll("canvas")].every((canvas) => Chart.getChart(canvas) !== undefined && canvas.getBoundingClientRect().width > 200)',
    );
  }),
);

test('arms with one color differ by pattern, dashes and shape; the null arm looks like none of them', {
  skip,
}, () => {
  const { run, samples } = exampleRun({ images: ['debian-12-base'] });
  const names = ['hardlink-checkout', 'ostree-checkout', 'composefs-fuse-passthrough', 'plain-directory'];
  const more = samples
    .filter(({ arm }) => arm === 'composefs-fuse')
    .flatMap((sample) => names.map((arm): Sample => ({ ...sample, arm, backend: arm })));
  const all = [...samples, ...more].map((sample, seq) => ({ ...sample, seq }));
  return opened({ run, samples: all }, async (page) => {
    const looks = `(id, field) => Chart.getChart(document.getElementById(id)).config.data.datasets.map((one) => [one.label, typeof one.backgroundColor, one.borderColor, String(one.borderDash ?? '')])`;
    const bars = (await page.evaluate(`(${looks})('points-1-0-ns')`)) as string[][];
    const bar = (name: string): string[] => bars.find(([label]) => label === name)!;
    assert.deepEqual(bar('hardlink-checkout').slice(1), ['string', '#b0548a', '']);
    assert.deepEqual(bar('ostree-checkout').slice(1), ['object', '#b0548a', '']);
    assert.deepEqual(bar('composefs-fuse-passthrough').slice(1), ['object', '#b0548a', '']);
    assert.equal(bar('erofs-overlay')[2], '#0072b2');
    for (const name of ['plain-directory', 'null']) assert.notEqual(bar(name)[2], '#0072b2', name);
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
    const spread = '[...document.querySelectorAll("[data-scenario=walk-warm] canvas[id^=spread]")][0].id';
    await until(page, `Chart.getChart(document.getElementById(${spread})) !== undefined`);
    const lines = (await page.evaluate(`(${looks})(${spread})`)) as string[][];
    const line = (name: string): string =>
      lines
        .find(([label]) => label === name)!
        .slice(2)
        .join(' ');
    assert.equal(new Set(lines.map(([label]) => line(label!))).size, lines.length);
    assert.equal(line('erofs-overlay'), '#0072b2 ', 'the first shape has no dashes');
    const shapes = `[...Chart.getChart(document.getElementById('points-0-0-0')).config.data.datasets].map((one) => [one.borderColor, one.backgroundColor, one.pointStyle, one.rotation].join(' '))`;
    const points = (await page.evaluate(shapes)) as string[];
    assert.equal(new Set(points).size, points.length);
    assert.equal(points.length, 8);
  });
});

test('a chart of 48 arms has 48 marks, and each list of shapes, dashes and patterns an entry for each shape', {
  skip,
}, () => {
  const { run, samples } = exampleRun({ images: ['debian-12-base'] });
  const lives = samples.filter(({ scenario }) => scenario === 'churn');
  const made = Array.from({ length: 45 }, (_, index) => `made-${index}`);
  const more = lives
    .filter(({ arm }) => arm === 'composefs-fuse')
    .flatMap((sample) => made.map((arm): Sample => ({ ...sample, arm, backend: arm })));
  const all = [...lives, ...more].map((sample, seq) => ({ ...sample, seq }));
  return opened({ run, samples: all }, async (page) => {
    const points = (await page.evaluate(
      `Chart.getChart(document.getElementById('points-0-0-0')).config.data.datasets.map((one) => [one.borderColor, one.backgroundColor, one.pointStyle, one.rotation].join(' '))`,
    )) as string[];
    assert.equal(points.length, made.length + 4);
    assert.equal(new Set(points).size, points.length);
    const swatches = `new Set([...document.querySelectorAll('th .swatch')].map(({ outerHTML }) => outerHTML)).size`;
    assert.equal(await page.evaluate(swatches), points.length);
    const distinct = `[SHAPES, DASHES, BLANKS].map((list) => new Set(list.map(String)).size)`;
    assert.deepEqual(await page.evaluate(distinct), [SHAPE_COUNT, SHAPE_COUNT, SHAPE_COUNT]);
    // What a saved picture draws.
    const drawn = `Array.from({ length: ${SHAPE_COUNT} }, (_, shape) => {
      const calls = [];
      const ctx = new Proxy({}, { get: (_, name) => (...sizes) => calls.push([name, ...sizes.map(Math.round)]), set: () => true });
      drawMark(ctx, { text: '', color: '', fill: '', shape }, 0, 0);
      return calls.join(' ');
    })`;
    assert.equal(new Set((await page.evaluate(drawn)) as string[]).size, SHAPE_COUNT);
  });
});

// Unfolded, a page shows everything that it shows folded.
test('axe finds nothing in dark and, in light, on a phone', { skip }, async () => {
  for (const [colorScheme, width] of [
    ['dark', 1280],
    ['light', 390],
  ] as const)
    await opened(
      exampleRun({ images: ['debian-12-base'] }),
      async (page) => {
        await unfoldAll(page);
        assert.deepEqual(await violationsIn(page), []);
      },
      { colorScheme, width },
    );
});

test('a dark page is printed light', { skip }, () =>
  opened(
    exampleRun({ images: ['debian-12-base'] }),
    async (page) => {
      const colors = `[Chart.getChart(document.getElementById('points-0-0-0')).config.data.datasets[0].backgroundColor, getComputedStyle(document.body).backgroundColor]`;
      assert.deepEqual(await page.evaluate(colors), ['#56a9e8', 'rgb(20, 23, 27)']);
      await page.evaluate(`addEventListener('beforeprint', () => { window.printed = ${colors}; })`);
      await page.pdf();
      assert.deepEqual(await page.evaluate('window.printed'), ['#0072b2', 'rgb(255, 255, 255)']);
      assert.deepEqual(await page.evaluate(colors), ['#56a9e8', 'rgb(20, 23, 27)']);
    },
    { colorScheme: 'dark' },
  ),
);
