// The table of a short mail: its signs, and what its legend says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailOf } from '../../../report/mail/mail.ts';
import type { ReportView } from '../../../report/view.ts';
import type { CellView } from '../../../report/view-tables.ts';
import type { Verdict } from '../../../results/compare/verdict.ts';
import { exampleRun } from '../support/example.ts';
import { viewOf } from '../support/view.ts';

const { run, samples } = exampleRun();

test('each sign of the table is explained, and no other; so is each column', () => {
  const textOf = (view: ReportView): string => mailOf(view).replaceAll(/\s+/g, ' ');
  const marked = (verdict: Verdict, scenarios: readonly string[]): ReportView => {
    const view = viewOf(run, samples);
    const cellOf = (cell: CellView): CellView =>
      cell.kind === 'value' && cell.versus !== null ? { ...cell, versus: { ...cell.versus, verdict } } : cell;
    const tables = view.tables.map((table) => ({
      ...table,
      sections: table.sections
        .filter(({ scenario }) => scenarios.includes(scenario))
        .map((section) => ({
          ...section,
          params: section.params === 'store=full' ? 'local=files' : section.params,
          rows: section.rows.map((row) => ({ ...row, cells: row.cells.map(cellOf) })),
        })),
    }));
    return { ...view, tables };
  };
  const same = '=: within 5 % of erofs-overlay, or below the floor';
  const open = '~: neither shown to differ from erofs-overlay nor to be the same';
  for (const [verdict, sign, said] of [
    ['same', '=', same],
    ['belowFloor', '=', same],
    ['undecided', '~', open],
    ['tooFew', '~', open],
    ['slower', '', ''],
    ['faster', '', ''],
  ] as const) {
    const text = textOf(marked(verdict, ['walk-cold', 'walk-warm']));
    assert.match(text, new RegExp(`composefs-fuse \\| +[\\d.]+${sign} `), verdict);
    for (const one of [same, open]) assert.equal(text.includes(one), one === said, `${verdict}: ${one}`);
    assert.match(text, /; uncached and cached: ls -lR of every entry\. /);
    assert.doesNotMatch(text, /all files local, without/);
  }
  const cold = textOf(marked('same', ['walk-cold']));
  assert.match(cold, /; uncached: ls -lR of every entry\. /);
  const setUp = textOf(marked('same', ['churn']));
  assert.match(setUp, /blocks; create and destroy: all files local, without mount and unmount\. /);
  assert.doesNotMatch(setUp, /ls -lR of every entry\./);
});
