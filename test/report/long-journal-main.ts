// What the report of a huge journal costs: its making, and the page in a browser. Prints seconds and bytes.
//
//   node build/test/report/long-journal-main.js [SAMPLES]     a million without a number
//
// Needs:  800 bytes of disk a sample below TMPDIR, the journal in the page cache afterwards; chromium for the page.
// Error:  whoever else is on the machine is in the seconds, less so in those on CPUs.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPORT_FILE } from '../../report/render.ts';
import { SAMPLES_FILE } from '../../results/journal.ts';
import { skip, startReader } from './html/reader.ts';
import { writeLongJournal } from './support/long-journal.ts';
import { reported } from './support/reported.ts';

const ROUNDS = 3;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** From asking for the page until every chart in sight is drawn and a filter that is set then is in force. */
const untilInteractive = async (path: string): Promise<number> => {
  const reader = await startReader();
  try {
    const from = performance.now();
    let seconds = 0;
    await reader.openFile(path, async (page) => {
      await page.selectOption('#filters select[name="scenario"]', { index: 1 });
      await page.waitForFunction('location.hash.includes("scenario=")');
      seconds = (performance.now() - from) / 1000;
    });
    return seconds;
  } finally {
    await reader.close();
  }
};

const sampleCount = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'cfsbench-long-'));
try {
  writeLongJournal(folder, sampleCount);
  say(`${sampleCount} samples, ${megabytes(statSync(join(folder, SAMPLES_FILE)).size)}`);
  for (let round = 0; round < ROUNDS; round++) {
    const { wallSeconds, cpuSeconds, peakBytes } = reported(folder);
    say(
      `report --format html: ${wallSeconds.toFixed(2)} s, on CPUs ${cpuSeconds.toFixed(2)} s, peak ${megabytes(peakBytes)}`,
    );
  }
  const page = join(folder, REPORT_FILE);
  say(`page: ${megabytes(statSync(page).size)}`);
  if (skip !== false) say(`page not opened: ${skip}`);
  else say(`page drawn and answering: ${(await untilInteractive(page)).toFixed(2)} s`);
} finally {
  rmSync(folder, { recursive: true });
}
