// Pictures of a run: the terminal's text as a terminal shows it, and the top of its page.
//
//   node pictures-main.js RUN FOLDER
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { html } from '../../report/html/html.ts';
import { htmlOf } from '../../report/render.ts';
import { terminalOf } from '../../report/terminal.ts';
import { startReader } from './html/reader.ts';
import { loadView } from './support/load-view.ts';

const PAGE_WIDTH = 1280;
/** Of a terminal. */
const COLUMNS = 80;
const STYLE =
  'body{margin:0;background:#14171b}pre{display:inline-block;margin:0;padding:18px 22px;color:#e4e8ed;background:#14171b;font:14px/1.35 "DejaVu Sans Mono",monospace}';

const terminalPage = (text: string): string =>
  html`<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>terminal</title><style>${{ markup: STYLE }}</style></head><body><pre>${text}</pre></body></html>`
    .markup;

const [run = '', folder = ''] = process.argv.slice(2);
const view = await loadView(resolve(run));
const reader = await startReader();
const scratch = mkdtempSync(join(tmpdir(), 'cfsbench-pictures-'));
try {
  const text = terminalOf(view, { columns: COLUMNS });
  writeFileSync(join(scratch, 'terminal.html'), terminalPage(text));
  await reader.openFile(join(scratch, 'terminal.html'), async (page) => {
    await page.locator('pre').screenshot({ path: join(folder, 'terminal.png') });
  });
  writeFileSync(join(scratch, 'report.html'), htmlOf(view));
  await reader.openFile(
    join(scratch, 'report.html'),
    async (page) => {
      await page.screenshot({ path: join(folder, 'report.png') });
    },
    { width: PAGE_WIDTH },
  );
} finally {
  rmSync(scratch, { recursive: true });
  await reader.close();
}
