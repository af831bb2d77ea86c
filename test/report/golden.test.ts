// Whole texts of a stored run, word for word. CFSBENCH_UPDATE_GOLDEN=1 writes them anew: read the difference before it is committed.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { mailOf } from '../../report/mail/mail.ts';
import { runMarkdown } from '../../report/markdown/run.ts';
import { htmlOf } from '../../report/render.ts';
import { terminalOf } from '../../report/terminal.ts';
import { storedView } from './support/stored-run.ts';

const view = storedView();

const checkGolden = (name: string, text: string): void => {
  const path = new URL(`../../../test/report/golden/${name}`, import.meta.url);
  if (process.env['CFSBENCH_UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8'));
};

const sectionOf = (page: string, id: string): string => {
  const from = page.indexOf(`<h2 id="${id}"`);
  return `${page.slice(from, page.indexOf('</section>', from)).trimEnd()}\n`;
};

for (const columns of [60, 80])
  test(`the terminal's text at ${columns} columns`, () => {
    const text = terminalOf(view, { columns });
    for (const line of text.split('\n')) assert.ok(line.length <= columns, line);
    checkGolden(`terminal-${columns}.txt`, text);
  });

test('the mail', () => {
  checkGolden('mail.txt', mailOf(view));
});

test('the Markdown', () => {
  checkGolden('run.md', runMarkdown(view));
});

for (const section of ['method', 'problems'])
  test(`the section ${section} of the page`, () => {
    checkGolden(`page-${section}.html.txt`, sectionOf(htmlOf(view), section));
  });

test('the first table of the page, without churn', () => {
  const tables = view.tables.map((table) => ({
    ...table,
    sections: table.sections.filter(({ scenario }) => scenario !== 'churn'),
  }));
  checkGolden('page-table.html.txt', sectionOf(htmlOf({ ...view, tables }), 'table'));
});
