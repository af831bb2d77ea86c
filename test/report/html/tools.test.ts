// The page's tools in a browser: filters, links, copies of tables, pictures of charts, the keyboard.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { grouped } from '../../../report/format.ts';
import { loadView } from '../../../report/load.ts';
import { exampleRun } from '../support/example.ts';
import { runReader, skip } from './reader.ts';

const { opened } = runReader();
const BLOCKS = 8;

const shownWith = (page: Page, attribute: string): Promise<readonly string[]> =>
  page.evaluate(
    `[...new Set([...document.querySelectorAll('[${attribute}]')].filter((part) => part.checkVisibility()).map((part) => part.getAttribute('${attribute}')))]`,
  );

const labelsOf = (page: Page, canvas: string): Promise<readonly string[]> =>
  page.evaluate(
    `Chart.getChart(document.querySelector('${canvas}')).config.data.datasets.map(({ label }) => label)`,
  );

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
      assert.deepEqual(await shownWith(page, 'data-arm'), ['erofs-overlay', 'composefs-fuse', 'null']);
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

test('a link carries the filters, and links within the page keep them', { skip }, () =>
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

test('a table is copied as Markdown and as text, without hidden columns', { skip }, () =>
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

test('a chart is saved as a picture named after the run and the chart', { skip }, () =>
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

test('filters and tools work with the keyboard alone', { skip }, () =>
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
