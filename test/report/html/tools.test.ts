// The page's tools in a browser: filters, links, copies of tables, pictures of charts, the keyboard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import { grouped } from '../../../report/format.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { exampleRun } from '../support/example.ts';
import { loadView } from '../support/load-view.ts';
import { openedAgain, runReader, saved, skip, until } from './reader.ts';

const { opened } = runReader();
const BLOCKS = 8;

const shownWith = (page: Page, attribute: string): Promise<readonly string[]> =>
  page.evaluate(
    `[...new Set([...document.querySelectorAll('[${attribute}]')].filter((part) => part.checkVisibility()).map((part) => part.getAttribute('${attribute}')))]`,
  );

/** Charts that are far from the window are drawn when the browser is idle. */
const labelsOf = async (page: Page, canvas: string): Promise<readonly string[]> => {
  const chart = `Chart.getChart(document.querySelector('${canvas}'))`;
  await until(page, `${chart} !== undefined`);
  return page.evaluate(`${chart}.config.data.datasets.map(({ label }) => label)`);
};

test(
  'filters hide scenarios, images and arms in tables and charts, and are stored in the address',
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
      assert.deepEqual((await shownWith(page, 'data-arm')).toSorted(), [
        'composefs-fuse',
        'erofs-overlay',
        'null',
      ]);
      const canvas = '[data-image=debian-12-python] #points-2-1-ns';
      assert.deepEqual(await labelsOf(page, canvas), ['erofs-overlay', 'composefs-fuse', 'null']);
      // In tables where only heads name an arm, the whole column is hidden.
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

test('the reset of the filters keeps the query of the address', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), (page) => {
    const address = `${page.url()}?from=mail`;
    return openedAgain(page, address, async (other) => {
      await other.selectOption('#filters select[name=scenario]', 'walk-cold');
      assert.equal(await other.evaluate('location.href'), `${address}#?scenario=walk-cold`);
      await other.click('#filters button[type=reset]');
      assert.equal(await other.evaluate('location.href'), address);
    });
  }),
);

test('a link carries the filters, and links within the page keep them', { skip }, () =>
  opened(exampleRun(), async (page) => {
    await page.evaluate(`location.hash = '#calls?scenario=walk-warm&without=null&without=nobody'`);
    await until(page, 'document.querySelector("#filters select[name=scenario]").value === "walk-warm"');
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
    await until(page, 'document.querySelector("#filters select[name=scenario]").value === ""');
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

test('a table is copied as Markdown and as text, without hidden columns', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page, folder) => {
    const { images } = await loadView(folder);
    await page.uncheck('#filters input[value=null]');
    const title = `copy the table debian-12-base, ${grouped(images[0]!.entryCount)} entries, ${BLOCKS} blocks as`;
    const markdown = (await copied(page, `${title} Markdown`)).split('\n');
    assert.equal(markdown[0], '| metric | meaning | erofs-overlay | composefs-fuse | unpacked-overlay |');
    assert.equal(markdown[1], '| --- | --- | ---: | ---: | ---: |');
    const row = markdown.find((line) => line.startsWith('| mount | what mount does | '))!;
    const cell = await page.evaluate(
      `document.querySelector('table.first tr[data-metric=mountWallNs] td[data-arm=composefs-fuse] .value').textContent`,
    );
    assert.ok(row.split(' | ')[3]!.startsWith(`${cell} `), row);
    assert.ok(markdown.every((line) => line.split(/(?<!\\)\|/).length === 7));
    const text = (await copied(page, `${title} text`)).split('\n');
    assert.equal(text.length, markdown.length - 1);
    assert.match(text.find((line) => line.startsWith('mount'))!, new RegExp(` ${cell} `));
  }),
);

test('the first chart is copied without its drawing, and a name with marks is text', { skip }, () => {
  const { run, samples } = exampleRun({ images: ['debian-12-base'] });
  const name = 'a|b*c_<d>';
  const renamed = samples.map((sample) =>
    sample.arm === 'composefs-fuse' ? { ...sample, arm: name, backend: name } : sample,
  );
  return opened({ run, samples: renamed }, async (page) => {
    const table = 'copy the table times against erofs-overlay, debian-12-base as Markdown';
    const lines = (await copied(page, table)).split('\n');
    assert.equal(lines[0], '| backend | median | ratio | verdict |');
    assert.equal(lines[1], '| --- | ---: | ---: | ---: |');
    assert.ok(lines.every((line) => line.split('|').length === 6));
    assert.ok(lines.some((line) => line.startsWith('| a&#124;b&#42;c&#95;&#60;d&#62; | ')));
  });
});

test('a chart is saved as a picture named after the run and the chart', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
    const { name, bytes } = await saved(page, 'save the chart walk-cold: times as a PNG file');
    assert.equal(name, '2026-01-15-example-7-walk-cold-times.png');
    assert.deepEqual([...bytes.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [2560, 1440]);
    await page.evaluate('HTMLCanvasElement.prototype.toBlob = (done) => done(null)');
    await page.click('[aria-label="save the chart walk-cold: times as a PNG file"]');
    await until(
      page,
      `document.querySelector('[aria-label="save the chart walk-cold: times as a PNG file"]').textContent === 'failed'`,
    );
  }),
);

test('a button of two clicks has its own text again, and what it did is announced', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page, folder) => {
    const { images } = await loadView(folder);
    const name = `copy the table debian-12-base, ${grouped(images[0]!.entryCount)} entries, ${BLOCKS} blocks as text`;
    const status = 'document.querySelector("[role=status]")';
    await page.evaluate(
      `window.said = []; new MutationObserver(() => said.push(${status}.textContent)).observe(${status}, { childList: true })`,
    );
    await copied(page, name);
    await page.getByRole('button', { name, exact: true }).click();
    // Both timers have ended.
    await page.waitForTimeout(2000);
    const text = `document.querySelector(${JSON.stringify(`button[aria-label="${name}"]`)}).textContent`;
    await until(page, `${text} === 'text' && ${status}.textContent === ''`);
    assert.equal(await page.evaluate('said[0]'), `${name}: copied`);
  }),
);

/** What a reader of a saved picture sees: its texts, and whether they are inside of it and apart from each other. */
const textsIn = (page: Page, svg: string): Promise<readonly string[]> =>
  page.evaluate(`(() => {
    const root = new DOMParser().parseFromString(${JSON.stringify(svg)}, 'image/svg+xml').documentElement;
    document.body.append(root);
    const texts = [...root.querySelectorAll('text')];
    const frame = root.getBoundingClientRect();
    const boxes = texts.map((one) => one.getBoundingClientRect());
    const outside = texts.filter((_, i) => boxes[i].left < frame.left || boxes[i].right > frame.right + 0.5 || boxes[i].bottom > frame.bottom);
    const touching = texts.filter((_, i) => boxes.some((other, k) => k < i && other.left < boxes[i].right && boxes[i].left < other.right && other.top < boxes[i].bottom - 3 && boxes[i].top < other.bottom - 3));
    root.remove();
    return [...texts, ...outside.map((one) => ({ textContent: 'outside: ' + one.textContent })), ...touching.map((one) => ({ textContent: 'touching: ' + one.textContent }))].map((one) => one.textContent);
  })()`);

test('a chart is saved as SVG that needs no page: title, image, direction, machine, run and legend are inside', {
  skip,
}, async () => {
  const name = '"<b>\'&';
  const example = exampleRun({ images: ['debian-12-base'] });
  const arms = example.samples.filter(({ arm }) => arm === 'composefs-fuse');
  const more = arms.map((sample): Sample => ({ ...sample, arm: name, backend: name }));
  const samples = [...example.samples, ...more].map((sample, seq) => ({ ...sample, seq }));
  const { environment } = example.run;
  for (const colorScheme of ['light', 'dark'] as const)
    await opened(
      { run: example.run, samples },
      async (page) => {
        for (const [title, direction] of [
          ['churn, store=full: every phase', 'lower is better'],
          ['churn: other rates', 'higher is better'],
          ['walk-cold: times', 'lower is better'],
          ['system calls of walk-cold', 'fewer is better'],
        ] as const) {
          const { bytes } = await saved(page, `save the chart ${title} as an SVG file`);
          const svg = bytes.toString();
          assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="1280" height="720" /);
          // A picture is light: it is pasted into documents.
          assert.match(svg, /fill="#ffffff"/);
          const texts = await textsIn(page, svg);
          assert.deepEqual(
            texts.filter((text) => /^(outside|touching):/.test(text)),
            [],
          );
          assert.deepEqual(texts.slice(-500).includes(title), true, title);
          assert.ok(texts.includes(`debian-12-base · ${direction}`), texts.join('\n'));
          assert.ok(texts.includes('cfsbench run 2026-01-15-example-7'));
          assert.ok(texts.some((text) => text.startsWith(`Linux ${environment.kernel.split(' ')[0]} · `)));
          for (const arm of ['erofs-overlay', name]) assert.ok(texts.includes(arm), `${title}: ${arm}`);
        }
        // Nothing but the picture was drawn with its texts and colors.
        assert.equal(await page.evaluate('drawMode.zoom'), 1);
        assert.equal(await page.evaluate('document.documentElement.classList.contains("paper")'), false);
      },
      { colorScheme },
    );
});

test('a saved picture has a mark for every value of the chart', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
    const { bytes } = await saved(page, 'save the chart churn, store=empty: every phase as an SVG file');
    const [dots] = (await page.evaluate(
      `data.dots.map(({ series }) => series.flatMap(({ arm, points }) => isNull(arm) ? [] : points.map(() => armColor(arm))))`,
    )) as string[][];
    const svg = bytes.toString();
    for (const color of new Set(dots)) {
      const count = dots!.filter((one) => one === color).length;
      // One more is in the legend.
      assert.equal(svg.split(`fill="${color}"`).length - 1, count + 1, color);
    }
    const again = await saved(page, 'save the chart churn, store=empty: every phase as an SVG file');
    assert.equal(again.bytes.toString(), svg);
  }),
);

test('the numbers of a chart are saved as CSV, and run no formula', { skip }, async () => {
  const name = '=1+"1",2';
  const example = exampleRun({ images: ['debian-12-base'] });
  const samples = example.samples.map((sample) =>
    sample.arm === 'composefs-fuse' ? { ...sample, arm: name, backend: name } : sample,
  );
  await opened({ run: example.run, samples }, async (page, folder) => {
    const { name: file, bytes } = await saved(
      page,
      'save the numbers of the chart walk-cold: times as a CSV file',
    );
    assert.equal(file, '2026-01-15-example-7-walk-cold-times.csv');
    const rows = parse(bytes) as string[][];
    assert.deepEqual(rows[0], ['row', 'arm', 'value', 'low', 'high', 'unit']);
    const { tables, arms } = await loadView(folder);
    const cells = tables[0]!.sections.find(({ scenario }) => scenario === 'walk-cold')!.rows[0]!.cells;
    assert.deepEqual(
      rows.slice(1).map(([, arm, value]) => [arm, Number(value)]),
      cells.flatMap((cell, at) =>
        cell.kind === 'value' ? [[arms[at]!.id.replace(/^=/, "'="), cell.median]] : [],
      ),
    );
  });
});

test('filters and tools work with the keyboard alone', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
    const seen = new Set<string>();
    for (let i = 0; i < 80; i++) {
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
