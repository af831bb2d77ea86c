// The size of the page does not depend on the length of the journal.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { REPORT_FILE } from '../../../report/formats/format.ts';
import { loadView } from '../support/load-view.ts';
import { writeLongJournal } from '../support/long-journal.ts';
import { reported } from '../support/reported.ts';

const LINES = 20_000;
const MOST_BYTES = 1_500_000;
/** Of a page with a quarter of the lines: numbers have more digits. */
const MOST_GROWTH = 1.05;

const pageBytes = async (lines: number): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-long-'));
  try {
    writeLongJournal(folder, lines);
    reported(folder);
    assert.equal((await loadView(folder)).sampleCount, lines);
    return statSync(join(folder, REPORT_FILE)).size;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('the page of a long journal is as small as the page of a short one', async () => {
  const [short, long] = [await pageBytes(LINES / 4), await pageBytes(LINES)];
  assert.ok(long < MOST_BYTES, `${long} bytes`);
  assert.ok(long < MOST_GROWTH * short, `${long} bytes, ${short} of a quarter of the lines`);
});
