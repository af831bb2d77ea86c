// The printed page: nothing is lost, nothing is wider than the paper.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { PHASES } from '../../../results/schema/run.ts';
import { exampleRun } from '../support/example.ts';
import { runReader, skip } from './reader.ts';

const { opened } = runReader();
/** Width of A4 between margins of 1 cm, in CSS pixels. */
const PAPER_PX = 718;
const hasPdfToText = spawnSync('pdftotext', ['-v']).error === undefined;

/** What the browser lays out when it prints. */
const onPaper = async (page: Page): Promise<void> => {
  await page.setViewportSize({ width: PAPER_PX, height: 900 });
  await page.emulateMedia({ media: 'print' });
  await page.evaluate('dispatchEvent(new Event("beforeprint"))');
};

const WIDER = `[...document.querySelectorAll('body *')].filter((part) => part.checkVisibility() && part.closest('.sr') === null && part.getBoundingClientRect().right > ${PAPER_PX} + 1).map((part) => part.outerHTML.slice(0, 120))`;
const DRAWN = `[...document.querySelectorAll('canvas')].filter((canvas) => Chart.getChart(canvas) !== undefined && canvas.checkVisibility({ contentVisibilityAuto: true })).length`;
const UNFOLDED = `document.querySelectorAll('details:not([open])').length`;

test('on paper every chart is drawn, nothing is folded and nothing is wider than the page', { skip }, () =>
  opened(exampleRun(), async (page) => {
    const [charts, folded, height] = (await page.evaluate(
      `[document.querySelectorAll('canvas').length, ${UNFOLDED}, document.documentElement.scrollHeight]`,
    )) as [number, number, number];
    assert.ok(folded > 0);
    // Charts are drawn before the print style applies: for half a page they would be enlarged, and their labels cut.
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    const narrow = `[...document.querySelectorAll('canvas')].filter((canvas) => canvas.clientWidth < 0.9 * ${PAPER_PX}).map(({ id }) => id)`;
    assert.deepEqual(await page.evaluate(narrow), []);
    await page.evaluate('dispatchEvent(new Event("afterprint"))');
    await onPaper(page);
    assert.equal(await page.evaluate(DRAWN), charts);
    assert.equal(await page.evaluate(UNFOLDED), 0);
    assert.deepEqual(await page.evaluate(WIDER), []);
    // A chart keeps its proportions.
    const ratios = `[...document.querySelectorAll('canvas')].every((canvas) => Math.abs(canvas.clientWidth / canvas.clientHeight - canvas.width / canvas.height) < 0.1 * canvas.width / canvas.height)`;
    assert.equal(await page.evaluate(ratios), true);
    await page.evaluate('dispatchEvent(new Event("afterprint"))');
    await page.emulateMedia({ media: 'screen' });
    await page.setViewportSize({ width: 1280, height: 900 });
    assert.equal(await page.evaluate(UNFOLDED), folded);
    assert.equal(await page.evaluate('document.documentElement.scrollHeight'), height);
  }),
);

test(
  'a PDF has every phase, also those at which a screen shows only a folded table',
  { skip: skip || (hasPdfToText ? false : 'no pdftotext (poppler-utils)') },
  () =>
    opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
      const folder = mkdtempSync(join(tmpdir(), 'cfsbench-paper-'));
      try {
        const path = join(folder, 'page.pdf');
        const charts = Number(await page.evaluate(`document.querySelectorAll('canvas').length`));
        await page.evaluate(`addEventListener('beforeprint', () => { window.drawn = ${DRAWN}; })`);
        await page.pdf({ path, format: 'A4' });
        assert.equal(await page.evaluate('window.drawn'), charts);
        const text = spawnSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' }).stdout;
        for (const phase of PHASES)
          assert.ok(text.split(new RegExp(`^ *${phase} `, 'm')).length > 4, `${phase} has few rows`);
        for (const words of ['these numbers as a table', 'every call by phase and process', 'percentiles of'])
          assert.ok(text.includes(words), words);
        assert.match(text, /p50 +p90 +p99 +max/);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
);
