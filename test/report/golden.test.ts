// Whole texts of a stored run, word for word. CFSBENCH_UPDATE_GOLDEN=1 writes them anew: read the difference before it is committed.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { mailOf } from '../../report/mail/mail.ts';
import { htmlOf } from '../../report/render.ts';
import { terminalOf } from '../../report/terminal.ts';
import { situations } from './support/situations.ts';
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

test('the long mail', () => {
  checkGolden('mail-long.txt', mailOf(view, { long: true }));
});

for (const { id, view: seen, pullRequest } of situations()) {
  test(`${id}: the finding`, () => {
    checkGolden(`${id}-finding.txt`, `${seen.finding.join('\n')}\n`);
  });

  test(`${id}: the mail, at most 80 lines of 75 columns of ASCII`, () => {
    const text = mailOf(seen);
    const lines = text.trimEnd().split('\n');
    assert.ok(lines.length <= 80, `${lines.length} lines`);
    assert.deepEqual(
      lines.filter((line) => line.length > 75 || /[^\x20-\x7e]/.test(line)),
      [],
    );
    checkGolden(`${id}-mail.txt`, text);
  });

  test(`${id}: the text of a pull request, at most 15 rows outside of the folded parts`, () => {
    const shown = pullRequest.replaceAll(/<details>[\s\S]*?<\/details>/g, '');
    const rows = shown.split('\n').filter((line) => /^\| (?!---)/.test(line));
    assert.ok(rows.length <= 1 + 15, `${rows.length} rows`);
    checkGolden(`${id}-pr.md`, pullRequest);
  });
}

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
