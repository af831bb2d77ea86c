// Opens pages in Chromium. Console output and requests other than the page itself fail the test.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { REPORT_FILE } from '../../../report/formats/format.ts';
import { writePage } from '../../../report/render.ts';
import type { exampleRun } from '../support/example.ts';
import { withRunFolder } from '../support/folder.ts';
import { loadView } from '../support/load-view.ts';

const CHROMIUM = process.env['CFSBENCH_CHROMIUM'] ?? '/usr/bin/chromium';
export const skip = existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}`;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface PageStyle {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

export interface Reader {
  /** Waits until every visible chart is drawn. */
  openFile(path: string, work: (page: Page) => Promise<void>, style?: PageStyle): Promise<void>;
  /** Opens HTML text. */
  open(html: string, work: (page: Page) => Promise<void>, style?: PageStyle): Promise<void>;
  close(): Promise<void>;
}

export const PATIENCE_MS = 180_000;

/** Until an expression is true on the page. The browser's own way to wait evaluates text, which the page's policy forbids. */
export const until = async (page: Page, expression: string): Promise<void> => {
  const end = Date.now() + PATIENCE_MS;
  while ((await page.evaluate(expression)) !== true) {
    assert.ok(Date.now() < end, `still not true: ${expression}`);
    await page.waitForTimeout(30);
  }
};

export const startReader = async (): Promise<Reader> => {
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const openFile: Reader['openFile'] = async (path, work, { width = 1280, colorScheme = 'light' } = {}) => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    page.setDefaultTimeout(PATIENCE_MS);
    page.setDefaultNavigationTimeout(PATIENCE_MS);
    try {
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => complaints.push(request.url()));
      await page.goto(`file://${path}`);
      await until(
        page,
        '[...document.querySelectorAll("canvas")].every((canvas) => Chart.getChart(canvas) !== undefined || canvas.closest("details:not([open]),[hidden]") !== null)',
      );
      await work(page);
      assert.deepEqual(complaints, [`file://${path}`]);
    } finally {
      await page.close();
    }
  };
  return {
    openFile,
    async open(html, work, style) {
      const folder = mkdtempSync(join(tmpdir(), 'cfsbench-page-'));
      try {
        const path = join(folder, 'page.html');
        writeFileSync(path, html);
        await openFile(path, work, style);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    close: () => browser.close(),
  };
};

/** Every drawn chart: its id, and the label and length of each dataset. */
export const chartsIn = (page: Page): Promise<readonly [id: string, datasets: [string, number][]][]> =>
  page.evaluate(
    `[...document.querySelectorAll('canvas')].filter((canvas) => Chart.getChart(canvas) !== undefined).map((canvas) => [canvas.id, Chart.getChart(canvas).config.data.datasets.map(({ label, data }) => [label, data.length])])`,
  );

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Opens everything that is folded and waits for its charts: axe-core, and a reader, skip what is hidden. */
export const unfoldAll = async (page: Page): Promise<void> => {
  await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
  await until(
    page,
    '[...document.querySelectorAll("canvas")].every((canvas) => Chart.getChart(canvas) !== undefined || canvas.closest("[hidden]") !== null)',
  );
};

/** The rules of axe-core whose result another color scheme can change: the schemes of a page differ in colors alone. */
const RULES_OF_COLORS = { runOnly: ['color-contrast', 'link-in-text-block'] };

/** Everything that axe-core finds wrong with the page as it is now, or with its colors. */
export const violationsIn = async (
  page: Page,
  rules: 'all' | 'of colors' = 'all',
): Promise<readonly string[]> => {
  await page.evaluate(AXE);
  // Without the list of elements that pass, which takes half of the time.
  const options = { resultTypes: ['violations'], ...(rules === 'all' ? {} : RULES_OF_COLORS) };
  const violations = (await page.evaluate(
    `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`,
  )) as Violation[];
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  );
};

/** One browser for all tests of a file. */
export const runReader = () => {
  let reader: Reader | undefined;
  before(async () => {
    if (skip === false) reader = await startReader();
  });
  after(() => reader?.close());
  const opened = (
    of: ReturnType<typeof exampleRun>,
    work: (page: Page, folder: string) => Promise<void>,
    style?: PageStyle,
  ): Promise<void> =>
    withRunFolder(of, async (folder) => {
      writePage(folder, await loadView(folder));
      await reader!.openFile(join(folder, REPORT_FILE), (page) => work(page, folder), style);
    });
  return { opened };
};

/** The same file in a window of its own, whose console and requests are not checked. */
export const openedAgain = async (
  page: Page,
  address: string,
  work: (other: Page) => Promise<void>,
  options: { readonly javaScriptEnabled?: boolean } = {},
): Promise<void> => {
  const context = await page.context().browser()!.newContext(options);
  try {
    const other = await context.newPage();
    other.setDefaultTimeout(PATIENCE_MS);
    other.setDefaultNavigationTimeout(PATIENCE_MS);
    await other.goto(address);
    await work(other);
  } finally {
    await context.close();
  }
};

/** What the button of this name saves. */
export const saved = async (
  page: Page,
  name: string,
): Promise<{ readonly name: string; readonly bytes: Buffer }> => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name, exact: true }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync((await download.path())!) };
};
