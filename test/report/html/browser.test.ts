// What a reader's browser makes of the report.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { formatRatio, formatValue, grouped } from '../../../report/format.ts';
import { loadView } from '../../../report/load.ts';
import { REPORT_FILE, renderReport } from '../../../report/render.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { exampleRun } from '../support/example.ts';
import { withRunFolder } from '../support/folder.ts';
import { chartsIn, type Look, type Reader, seriousIn, skip, startReader } from './reader.ts';

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

const BLOCKS = 8;

test(
  'every chart in sight is drawn with the data of its figure, the others once they are unfolded',
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
        // Eight phases each; an unpacked image has nothing to ingest or collect, and with a full store nothing to create or destroy.
        [8, 8, 6, 8],
        [8, 8, 4, 8],
        // Arrival, removal and images per second, by store.
        [4, 4, 4, 4],
        [2, 2, 2, 2],
        [1, 1, 1, 1],
        [1, 1, 1, 1],
      ];
      const first = await kinds();
      assert.deepEqual(Object.keys(first).sort(), ['calls', 'points']);
      assert.deepEqual(first['points'], points);
      assert.equal(first['calls']!.length, 4);
      for (const lengths of first['calls']!)
        assert.ok(
          lengths.every((length) => length === 3),
          'a bar for each counted arm',
        );
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      await page.waitForFunction(
        '[...document.querySelectorAll("canvas")].every((canvas) => Chart.getChart(canvas) !== undefined)',
      );
      const all = await kinds();
      const [churn, walks] = [points.slice(0, 4), points.slice(4)];
      assert.deepEqual(all['points'], [...churn, ...churn, ...walks.flatMap((walk) => [walk, walk])]);
      assert.equal(all['calls']!.length, 8);
      // Ten headline rows of each churn, one of each walk: a step for each block, and where the first one starts.
      assert.equal(all['spread']!.length, 2 * (10 + 10 + 1 + 1));
      for (const lengths of all['spread']!) assert.ok(lengths.every((length) => length === BLOCKS + 1));
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
      '[...document.querySelectorAll("canvas")].every((canvas) => Chart.getChart(canvas) !== undefined && canvas.getBoundingClientRect().width > 200)',
    );
  }),
);

const shownWith = (page: Page, attribute: string): Promise<readonly string[]> =>
  page.evaluate(
    `[...new Set([...document.querySelectorAll('[${attribute}]')].filter((part) => part.checkVisibility()).map((part) => part.getAttribute('${attribute}')))]`,
  );

const labelsOf = (page: Page, canvas: string): Promise<readonly string[]> =>
  page.evaluate(
    `Chart.getChart(document.querySelector('${canvas}')).config.data.datasets.map(({ label }) => label)`,
  );

test(
  'filters leave out scenarios, images and arms, in tables and charts, and stand in the address',
  { skip },
  () =>
    opened(exampleRun(), async (page) => {
      await page.selectOption('#filters select[name=scenario]', 'walk-cold');
      assert.deepEqual(await shownWith(page, 'data-scenario'), ['walk-cold']);
      await page.selectOption('#filters select[name=image]', 'debian-12-python');
      assert.deepEqual(
        (await shownWith(page, 'data-image')).filter((image) => image !== ''),
        ['debian-12-python'],
      );
      await page.uncheck('#filters input[value=unpacked-overlay]');
      assert.deepEqual(await shownWith(page, 'data-arm'), ['erofs-overlay', 'composefs-fuse', 'null']);
      const canvas = '[data-image=debian-12-python] #points-2-1-ns';
      assert.deepEqual(await labelsOf(page, canvas), ['erofs-overlay', 'composefs-fuse', 'null']);
      // In tables whose cells are named by their heads alone, whole columns go.
      assert.deepEqual(
        await page.evaluate(
          `[...new Set([...document.querySelectorAll('table:not(.first)')].filter((table) => table.tHead?.querySelector('[data-arm]') && table.checkVisibility()).flatMap((table) => [...table.rows].map((row) => [...row.cells].filter((cell) => cell.checkVisibility()).length - [...table.tHead.rows[0].cells].filter((cell) => cell.checkVisibility()).length)))]`,
        ),
        [0],
      );
      const address = new URL(page.url()).hash;
      assert.equal(address, '#?scenario=walk-cold&image=debian-12-python&without=unpacked-overlay');
      assert.match(
        String(await page.evaluate('document.querySelector("#filters output").textContent')),
        /walk-cold, debian-12-python, without unpacked-overlay/,
      );
      await page.click('#filters button[type=reset]');
      assert.deepEqual(await shownWith(page, 'data-scenario'), ['churn', 'walk-warm', 'walk-cold']);
      assert.equal(new URL(page.url()).hash, '');
    }),
);

test('a link shows what was chosen where it was made, and links within the page keep it', { skip }, () =>
  opened(exampleRun(), async (page) => {
    await page.evaluate(`location.hash = '#calls?scenario=walk-warm&without=null&without=nobody'`);
    await page.waitForFunction(
      'document.querySelector("#filters select[name=scenario]").value === "walk-warm"',
    );
    assert.deepEqual(await shownWith(page, 'data-scenario'), ['walk-warm']);
    assert.ok(!(await shownWith(page, 'data-arm')).includes('null'));
    assert.ok(
      Math.abs(Number(await page.evaluate('document.getElementById("calls").getBoundingClientRect().top'))) <
        900,
    );
    await page.click('nav a[href="#environment"]');
    assert.equal(new URL(page.url()).hash, '#environment?scenario=walk-warm&without=null');
    assert.equal(await page.evaluate('document.activeElement.id'), 'environment');
    await page.goBack();
    assert.deepEqual(await shownWith(page, 'data-scenario'), ['walk-warm']);
    await page.evaluate(`location.hash = '#table?scenario=never-heard-of'`);
    await page.waitForFunction('document.querySelector("#filters select[name=scenario]").value === ""');
    assert.deepEqual(await shownWith(page, 'data-scenario'), ['churn', 'walk-warm', 'walk-cold']);
  }),
);

const copied = async (page: Page, name: string): Promise<string> => {
  await page.evaluate(
    `Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: async (text) => { window.copied = text; } } })`,
  );
  await page.getByRole('button', { name, exact: true }).click();
  return String(await page.evaluate('window.copied'));
};

test('a table is copied as Markdown and as text, with what is shown of it', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page, folder) => {
    const { images } = await loadView(folder);
    await page.uncheck('#filters input[value=null]');
    const title = `copy the table debian-12-base, ${grouped(images[0]!.entryCount)} entries, ${BLOCKS} blocks as`;
    const markdown = (await copied(page, `${title} Markdown`)).split('\n');
    assert.equal(markdown[0], '| metric | erofs-overlay | composefs-fuse | unpacked-overlay |');
    assert.equal(markdown[1], '| --- | ---: | ---: | ---: |');
    const row = markdown.find((line) => line.startsWith('| mount '))!;
    const cell = await page.evaluate(
      `document.querySelector('table.first tr[data-metric=mountWallNs] td[data-arm=composefs-fuse] .value').textContent`,
    );
    assert.ok(row.split(' | ')[2]!.startsWith(`${cell} `), row);
    assert.ok(markdown.every((line) => line.split(/(?<!\\)\|/).length === 6));
    const text = (await copied(page, `${title} text`)).split('\n');
    assert.equal(text.length, markdown.length - 1);
    assert.match(text.find((line) => line.startsWith('mount'))!, new RegExp(` ${cell} `));
  }),
);

test('a chart is saved as a picture that says what it is', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('button', { name: 'save the chart walk-cold: times as a PNG file', exact: true })
        .click(),
    ]);
    assert.equal(download.suggestedFilename(), '2026-01-15-example-7-walk-cold-times.png');
    const bytes = readFileSync((await download.path())!);
    assert.deepEqual([...bytes.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    assert.ok(bytes.readUInt32BE(16) > 400 && bytes.readUInt32BE(20) > 150);
  }),
);

test('the ninth arm has the colour of the first, and stripes and dots of its own', { skip }, () => {
  const { run, samples } = exampleRun({ images: ['debian-12-base'] });
  const names = Array.from({ length: 6 }, (_, i) => `variant-${i}`);
  const more = samples
    .filter(({ arm }) => arm === 'composefs-fuse')
    .flatMap((sample) => names.map((arm): Sample => ({ ...sample, arm, backend: arm })));
  return opened({ run, samples: [...samples, ...more] }, async (page) => {
    const looks = `(id, field) => Chart.getChart(document.getElementById(id)).config.data.datasets.map((one) => [one.label, typeof one.backgroundColor, one.borderColor, String(one.borderDash ?? '')])`;
    const bars = (await page.evaluate(`(${looks})('points-1-0-ns')`)) as string[][];
    const [first, ninth] = [bars[0]!, bars.find(([label]) => label === 'variant-5')!];
    assert.deepEqual(first, ['erofs-overlay', 'string', first[2], '']);
    assert.deepEqual(ninth, ['variant-5', 'object', first[2], '']);
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
    const spread = '[...document.querySelectorAll("[data-scenario=walk-warm] canvas[id^=spread]")][0].id';
    await page.waitForFunction(`Chart.getChart(document.getElementById(${spread})) !== undefined`);
    const lines = (await page.evaluate(`(${looks})(${spread})`)) as string[][];
    const dashes = (name: string): string => lines.find(([label]) => label === name)![3]!;
    assert.equal(new Set([dashes('erofs-overlay'), dashes('variant-5'), dashes('null')]).size, 3);
  });
});

test('axe finds nothing serious, in either colour scheme', { skip }, async () => {
  for (const colorScheme of ['light', 'dark'] as const)
    await opened(
      exampleRun({ images: ['debian-12-base'] }),
      async (page) => assert.deepEqual(await seriousIn(page), []),
      { colorScheme },
    );
});

test('filters and tools are reached with the keyboard alone', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
    const seen = new Set<string>();
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      seen.add(
        String(
          await page.evaluate('document.activeElement.name || document.activeElement.textContent.trim()'),
        ),
      );
    }
    for (const name of ['scenario', 'arm', 'show all', 'Markdown', 'text']) assert.ok(seen.has(name), name);
    await page.focus('#filters input[value=null]');
    await page.keyboard.press('Space');
    assert.ok(!(await shownWith(page, 'data-arm')).includes('null'));
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
