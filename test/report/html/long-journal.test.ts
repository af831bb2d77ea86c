// The size of the page does not depend on the length of the journal.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { REPORT_FILE } from '../../../report/formats/format.ts';
import { loadView } from '../../../report/load.ts';
import { writeLongJournal } from '../support/long-journal.ts';
import { reported } from '../support/reported.ts';

const LINES = 20_000;
const PAGE_BYTES = 1_200_000;

test('the page of a long journal is as small as the page of a short one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-long-'));
  try {
    writeLongJournal(folder, LINES);
    reported(folder);
    assert.equal((await loadView(folder)).sampleCount, LINES);
    assert.ok(statSync(join(folder, REPORT_FILE)).size < PAGE_BYTES);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
