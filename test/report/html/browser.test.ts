// What a reader's browser makes of the report.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { formatRatio, formatValue } from '../../../report/format.ts';
import { loadView } from '../../../report/load.ts';
import { REPORT_FILE, renderReport } from '../../../report/render.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { exampleRun } from '../support/example.ts';
import { withRunFolder } from '../support/folder.ts';
import { type Look, type Reader, skip, startReader } from './reader.ts';

let reader: Reader | undefined;
before(async () => {
  if (skip === false) reader = await startReader();
});
after(() => reader?.close());

const opened = (
  of: ReturnType<typeof exampleRun>,
  work: (page: Page, folder: string) => Promise<void>,
  look?: Look,
): Promise<void> =>
  withRunFolder(of, async (folder) => {
    await renderReport(folder);
    await reader!.openFile(join(folder, REPORT_FILE), (page) => work(page, folder), look);
  });

interface Cell {
  readonly image: string;
  readonly section: string;
  readonly metric: string;
  readonly arm: string;
  readonly value: string | null;
  readonly ratio: string | null;
  readonly verdict: string | null;
}

const shownCells = (page: Page): Promise<readonly Cell[]> =>
  page.evaluate(`[...document.querySelectorAll('#table ~ .scroll table.first td[data-arm], #table ~ details table.first td[data-arm]')].map((td) => ({
    image: td.closest('table').dataset.image,
    section: td.closest('tbody').dataset.section,
    metric: td.closest('tr').dataset.metric,
    arm: td.dataset.arm,
    value: td.querySelector('.value')?.textContent ?? null,
    ratio: td.querySelector('.ratio')?.textContent ?? null,
    verdict: td.querySelector('.verdict')?.textContent ?? null,
  }))`);

test('the numbers of the first table are those recomputed from the journal', { skip }, () =>
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
              ratio: versus?.ratio.kind === 'interval' ? `${formatRatio(versus.ratio.center)}×` : null,
              verdict: versus === null || view.arms[index]!.role === 'null' ? null : versus.verdict,
            };
          }),
        ),
      ),
    );
    assert.deepEqual(await shownCells(page), expected);
    assert.equal(expected.length, 3 * 22 * 4);
  }),
);

test('every chart is drawn with the data of its figure', { skip }, () =>
  opened(exampleRun(), async (page) => {
    const charts = await page.evaluate(
      `[...document.querySelectorAll('canvas')].map((canvas) => { const { type, data } = Chart.getChart(canvas).config; return [canvas.id.replace(/-.*/, ''), type, data.datasets.map(({ data }) => data.length)]; })`,
    );
    const perImage = <T>(items: readonly T[]): readonly T[] => [...items, ...items];
    assert.deepEqual(charts, [
      // Eight phases each; an unpacked image has nothing to ingest or collect, and with a full store nothing to create or destroy.
      ...perImage([
        ['latency', 'scatter', [8, 8, 6, 8]],
        ['latency', 'scatter', [8, 8, 4, 8]],
      ]),
      ...perImage([['walk', 'bar', [2, 2, 2, 2]]]),
      ...(charts as unknown[]).filter((chart) => (chart as string[])[0] === 'calls'),
    ]);
    const stacks = (charts as [string, string, number[]][]).filter(([kind]) => kind === 'calls');
    assert.equal(stacks.length, 8);
    for (const [, , lengths] of stacks)
      assert.ok(
        lengths.every((length) => length === 3),
        'a bar for each counted arm',
      );
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

test('nothing but scrollable tables is wider than a telephone, in either colour scheme', {
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

test('a chart in a folded part is drawn to size once it is opened', { skip }, () =>
  opened(exampleRun(), async (page) => {
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
    await page.waitForFunction(
      '[...document.querySelectorAll("canvas")].every((canvas) => canvas.getBoundingClientRect().width > 200)',
    );
  }),
);

test('on paper a dark page is light', { skip }, () =>
  opened(
    exampleRun(),
    async (page) => {
      const colors = `[Chart.getChart(document.querySelector('canvas')).config.data.datasets[0].backgroundColor, getComputedStyle(document.body).backgroundColor]`;
      assert.deepEqual(await page.evaluate(colors), ['#56a9e8', 'rgb(20, 23, 27)']);
      await page.evaluate(`addEventListener('beforeprint', () => { window.printed = ${colors}; })`);
      await page.pdf();
      assert.deepEqual(await page.evaluate('window.printed'), ['#0072b2', 'rgb(255, 255, 255)']);
      assert.deepEqual(await page.evaluate(colors), ['#56a9e8', 'rgb(20, 23, 27)']);
    },
    { colorScheme: 'dark' },
  ),
);
