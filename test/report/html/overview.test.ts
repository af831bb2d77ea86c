// The first screen of the page of a run in a browser: where it is, what its two charts show, and what they are saved as.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { formatRatio } from '../../../report/format.ts';
import { REPORT_FILE } from '../../../report/formats/format.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { exampleRun } from '../support/example.ts';
import { storedRun } from '../support/stored-run.ts';
import { PATIENCE_MS, runReader, skip } from './reader.ts';

const { opened } = runReader();
const one = (): ReturnType<typeof exampleRun> => exampleRun({ images: ['debian-12-base'] });

const FIRST_CHART_PX = 900;
const MOST_BYTES = 1.5e6;
const MOST_SECONDS = 1;
/** Takes FIXED_WORK_SECONDS of CPU time on the machine on which one second was chosen. */
const FIXED_WORK =
  '(() => { let x = 1; for (let i = 0; i < 2e8; i++) x = (Math.imul(x, 31) + i) | 0; return x; })()';
const FIXED_WORK_SECONDS = 0.26;

test('the first chart begins within 900 pixels, on a page of at most 1.5 MB', { skip }, async () => {
  for (const run of [storedRun() as ReturnType<typeof exampleRun>, exampleRun()])
    await opened(run, async (page, folder) => {
      for (const chart of ['.forest', '.lifecycle .chart']) {
        const top = await page.evaluate(`document.querySelector('${chart}').getBoundingClientRect().top`);
        assert.ok(Number(top) < FIRST_CHART_PX, `${chart} at ${top}`);
      }
      assert.ok(statSync(join(folder, REPORT_FILE)).size <= MOST_BYTES);
    });
});

test('the page can be used after one second of CPU time', { skip }, () =>
  opened(exampleRun(), async (page, folder) => {
    const context = await page.context().browser()!.newContext();
    const fresh = await context.newPage();
    fresh.setDefaultTimeout(PATIENCE_MS);
    // Time of the page's thread: other processes of the machine do not count.
    const client = await context.newCDPSession(fresh);
    await client.send('Performance.enable', { timeDomain: 'threadTicks' });
    await fresh.goto(`file://${join(folder, REPORT_FILE)}`, { waitUntil: 'domcontentloaded' });
    const secondsSoFar = async (): Promise<number> => {
      const { metrics } = await client.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')!.value;
    };
    const seconds = await secondsSoFar();
    await fresh.evaluate(FIXED_WORK);
    // On a CPU that is slower than usual, or shared with others, everything takes longer.
    const slowness = Math.max(1, ((await secondsSoFar()) - seconds) / FIXED_WORK_SECONDS);
    assert.ok(seconds > 0.01 && seconds <= MOST_SECONDS * slowness, `${seconds} s, slowness ${slowness}`);
    await context.close();
  }),
);

interface ShownRow {
  readonly quantity: string;
  readonly arm: string;
  readonly ratio: string;
  /** Of the mark, as a share of the width of the plot. */
  readonly at: number | null;
}

const shownRows = (page: Page): Promise<readonly ShownRow[]> =>
  page.evaluate(`[...document.querySelectorAll('.forest tbody tr[data-arm]')].map((tr) => {
    const plot = tr.querySelector('.plot > svg');
    const mark = plot.querySelector('svg g');
    const box = plot.getBoundingClientRect();
    const inner = mark?.getBoundingClientRect();
    return {
      quantity: tr.closest('tbody').querySelector('.quantity th').textContent,
      arm: tr.dataset.arm,
      ratio: tr.querySelector('.ratio').textContent,
      at: inner === undefined ? null : ((inner.left + inner.right) / 2 - box.left) / box.width,
    };
  })`);

/** Without the code of the program: the geometric middle of the ratios block by block. */
const ratioOf = (samples: readonly Sample[], arm: string, metrics: readonly string[]): number => {
  const sums = (name: string): ReadonlyMap<number, number> =>
    new Map(
      samples.flatMap((sample) =>
        sample.outcome === 'ok' && sample.pass === 'time' && sample.arm === name
          ? [[sample.block, metrics.reduce((sum, metric) => sum + sample.values[metric]!, 0)]]
          : [],
      ),
    );
  const [base, other] = [sums('erofs-overlay'), sums(arm)];
  const logs = [...other]
    .flatMap(([block, value]) => (base.has(block) ? [Math.log(value / base.get(block)!)] : []))
    .sort((a, b) => a - b);
  const middle = logs.length / 2;
  return Math.exp((logs[Math.ceil(middle) - 1]! + logs[Math.floor(middle)]!) / 2);
};

const QUANTITIES = [
  ['All files local create + mount', 'churn', 'full', ['createWallNs', 'mountWallNs']],
  [
    'All files local unmount + settle + destroy',
    'churn',
    'full',
    ['unmountWallNs', 'settleWallNs', 'destroyWallNs'],
  ],
  [
    'Nothing local ingest + create + mount',
    'churn',
    'empty',
    ['ingestWallNs', 'createWallNs', 'mountWallNs'],
  ],
  [
    'Nothing local unmount + settle + destroy + collect',
    'churn',
    'empty',
    ['unmountWallNs', 'settleWallNs', 'destroyWallNs', 'collectWallNs'],
  ],
  ['Listing every entry cold caches', 'walk-cold', undefined, ['walkWallNs']],
  ['Listing every entry warm caches', 'walk-warm', undefined, ['walkWallNs']],
] as const;

test('the forest shows the ratios of the journal, each at its place on one logarithmic axis', {
  skip,
}, () => {
  const { run, samples } = one();
  return opened({ run, samples }, async (page) => {
    const rows = await shownRows(page);
    const expected = QUANTITIES.flatMap(([quantity, scenario, store, metrics]) => {
      const own = samples.filter(
        (sample) => sample.scenario === scenario && sample.params['store'] === store,
      );
      return ['composefs-fuse', 'unpacked-overlay'].map((arm) => ({
        quantity,
        arm,
        ratio: ratioOf(own, arm, metrics),
      }));
    });
    assert.deepEqual(
      rows.map(({ quantity, arm, ratio }) => [quantity, arm, ratio.split(' ')[0]]),
      expected.map(({ quantity, arm, ratio }) => [quantity, arm, formatRatio(ratio)]),
    );
    const { min, max } = (await page.evaluate('data.forests[0].span')) as Record<'min' | 'max', number>;
    rows.forEach(({ at }, index) => {
      const wanted = Math.log(expected[index]!.ratio / min) / Math.log(max / min);
      assert.ok(Math.abs(at! - wanted) < 0.015, `${index}: ${at} instead of ${wanted}`);
    });
  });
});

test('the bands of the forest are 5 % and the baseline against itself', { skip }, () =>
  opened(one(), async (page) => {
    const bands = await page.evaluate(`(() => {
      const { span: { min, max }, quantities, within } = data.forests[0];
      const at = (ratio) => Math.log(ratio / min) / Math.log(max / min);
      const [first] = document.querySelectorAll('.forest tbody .plot > svg');
      const box = first.getBoundingClientRect();
      const shown = (name) => { const band = first.querySelector('.' + name).getBoundingClientRect(); return [(band.left - box.left) / box.width, (band.right - box.left) / box.width]; };
      return [[shown('within'), within.map(at)], [shown('again'), [quantities[0].again[0], quantities[0].again[2]].map(at)], within];
    })()`);
    const [within, again, limits] = bands as [number[][], number[][], number[]];
    assert.deepEqual(limits, [1 / 1.05, 1.05]);
    for (const [shown, wanted] of [within, again])
      for (const [index, end] of shown!.entries()) assert.ok(Math.abs(end - wanted![index]!) < 0.005);
  }),
);

test('a ratio of too few blocks has no mark, and shows the number of blocks', { skip }, () => {
  const { run, samples } = one();
  const few = samples.filter(({ block, pass }) => pass !== 'time' || block < 2);
  return opened({ run, samples: few }, async (page) => {
    const rows = await shownRows(page);
    assert.equal(rows.length, 2 * QUANTITIES.length);
    for (const { at, ratio } of rows) assert.deepEqual([at, ratio], [null, '2 of 8 blocks']);
  });
});

const LIVES = `Chart.getChart(document.querySelector('.lifecycle canvas'))`;
const spans = (page: Page): Promise<readonly (readonly [string, ([number, number] | null)[]])[]> =>
  page.evaluate(`${LIVES}.config.data.datasets.map(({ label, data }) => [label, data])`);

test('a life is stacked from the medians of its phases, linear or logarithmic, by what was local', {
  skip,
}, async () => {
  for (const colorScheme of ['light', 'dark'] as const)
    await opened(
      one(),
      async (page) => {
        const first = await spans(page);
        // Looking files up and collecting them is no part of a life with all files local.
        assert.deepEqual(
          first.map(([phase]) => phase),
          ['create', 'mount', 'use', 'unmount', 'settle', 'destroy'],
        );
        const shown = (phase: string): Promise<number> =>
          page.evaluate(
            `data.lifecycles[0].states[0].phases.find((one) => one.phase === '${phase}').values[0]`,
          );
        let end = 0;
        for (const [phase, [ofBaseline]] of first) {
          assert.equal(ofBaseline![0], end, phase);
          end += await shown(phase);
          assert.ok(Math.abs(ofBaseline![1] - end) <= 1e-6 * end, phase);
        }
        assert.equal(await page.evaluate(`${LIVES}.scales.x.type`), 'linear');
        await page.check('.lifecycle .choice label:has-text("log") input');
        assert.equal(await page.evaluate(`${LIVES}.scales.x.type`), 'logarithmic');
        await page.check('.lifecycle .choice label:has-text("nothing local") input');
        assert.deepEqual(
          (await spans(page)).map(([phase]) => phase),
          ['ingest', 'create', 'mount', 'use', 'unmount', 'settle', 'destroy', 'collect'],
        );
        await page.uncheck('#filters input[value=unpacked-overlay]');
        assert.deepEqual(await page.evaluate(`${LIVES}.config.data.labels`), [
          'erofs-overlay',
          'composefs-fuse',
        ]);
        assert.ok(!(await shownRowsArms(page)).includes('unpacked-overlay'));
      },
      { colorScheme },
    );
});

const shownRowsArms = (page: Page): Promise<readonly string[]> =>
  page.evaluate(
    `[...document.querySelectorAll('.forest tr[data-arm]')].filter((row) => row.checkVisibility()).map((row) => row.dataset.arm)`,
  );

const saved = async (page: Page, name: string): Promise<string> => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name, exact: true }).click(),
  ]);
  return readFileSync((await download.path())!, 'utf8');
};

test('both charts are saved with everything that the page shows', { skip }, () =>
  opened(one(), async (page) => {
    const rows = await shownRows(page);
    const svg = await saved(
      page,
      'save the chart Time against erofs-overlay, with its interval as an SVG file',
    );
    for (const { arm, ratio } of rows) {
      assert.ok(svg.includes(`>${ratio} `), ratio);
      assert.ok(svg.includes(`>${arm}</text>`), arm);
    }
    assert.match(svg, />debian-12-base · .*lower is better<\/text>/);
    const csv = await saved(
      page,
      'save the numbers of the chart Time against erofs-overlay, with its interval as a CSV file',
    );
    assert.equal(csv.trimEnd().split('\r\n').length, rows.length + 1);
    const lives = await saved(page, 'save the chart The life of an image, phase by phase as an SVG file');
    for (const text of ['create', 'destroy', 'debian-12-base · all files local · lower is better'])
      assert.ok(lives.includes(`>${text}</text>`), text);
  }),
);

test('hostile names are text on the first screen', { skip }, async () => {
  const name = '</script><img src=x onerror=window.owned=1>"\'&';
  const { run, samples } = one();
  const renamed = samples.map((sample) =>
    sample.arm === 'composefs-fuse' ? { ...sample, arm: name, backend: name } : sample,
  );
  await opened({ run, samples: renamed }, async (page) => {
    assert.equal(await page.evaluate('window.owned'), undefined);
    assert.equal(await page.evaluate('document.images.length'), 0);
    assert.ok((await shownRowsArms(page)).includes(name));
    const svg = await saved(
      page,
      'save the chart Time against erofs-overlay, with its interval as an SVG file',
    );
    assert.ok(svg.includes('&lt;img src=x'));
    assert.ok(!svg.includes('<img'));
  });
});

test('the first screen fits a phone and two desks, with every text inside its frame', { skip }, async () => {
  for (const width of [390, 1280, 1920])
    for (const colorScheme of ['light', 'dark'] as const)
      await opened(
        one(),
        async (page) => {
          const outside = await page.evaluate(`(() => {
            const rows = [...document.querySelectorAll('.forest tr')].filter((row) => row.checkVisibility());
            const cells = rows.flatMap((row) => [...row.cells].filter((cell) => cell.checkVisibility() && cell.innerText.trim() !== ''));
            const frame = document.querySelector('.forest').parentElement.getBoundingClientRect();
            return cells.filter((cell) => { const range = document.createRange(); range.selectNodeContents(cell); const box = range.getBoundingClientRect(); return box.right > frame.right + 1 || box.left < frame.left - 1; }).map((cell) => cell.textContent);
          })()`);
          assert.deepEqual(outside, [], `${width} ${colorScheme}`);
          assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
        },
        { width, colorScheme },
      );
});
