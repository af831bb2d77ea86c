// Samples are summed up before they reach the page, and are not kept: neither it nor memory grows as the journal does.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadView } from '../../../report/load.ts';
import { REPORT_FILE } from '../../../report/render.ts';
import { SAMPLES_FILE } from '../../../results/journal.ts';
import { exampleRun } from '../support/example.ts';
import { withRunFolder } from '../support/folder.ts';
import { writeLongJournal } from '../support/long-journal.ts';
import { reported } from '../support/reported.ts';

const LINES = 100_000;
const PAGE_BYTES = 1_000_000;

test('the page of a long journal is as small as that of a short one, and its making takes less memory than the journal is long', async () => {
  const short = await withRunFolder(exampleRun(), async (folder) => reported(folder));
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-long-'));
  try {
    writeLongJournal(folder, LINES);
    const long = reported(folder);
    assert.equal((await loadView(folder)).sampleCount, LINES);
    assert.ok(statSync(join(folder, REPORT_FILE)).size < PAGE_BYTES);
    const more = long.peakBytes - short.peakBytes;
    assert.ok(more < statSync(join(folder, SAMPLES_FILE)).size, `${more} bytes more than of a short one`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
