// Measures reading a long journal against its bars: 100,000 samples in 3 s and 500 MB.
//
//   node build/test/results/journal-bench-main.js [SAMPLES]
//
// Needs:  800 bytes of disk for each sample below TMPDIR.
// Error:  other load on the machine adds to the seconds.
// Exits:  1 over a bar.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadRun } from '../../results/gate/load.ts';
import { SAMPLES_FILE } from '../../results/journal.ts';
import { writeLongJournal } from '../report/support/long-journal.ts';
import { reported } from '../report/support/reported.ts';

const SAMPLES = 100_000;
const MOST_SECONDS = 3;
const MOST_BYTES = 500e6;
const BYTES_PER_KIB = 1024;

interface LoadCost {
  readonly seconds: number;
  readonly peakBytes: number;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

const loadHere = async (folder: string): Promise<void> => {
  const from = performance.now();
  await loadRun(folder);
  const seconds = (performance.now() - from) / 1000;
  const peakBytes = process.resourceUsage().maxRSS * BYTES_PER_KIB;
  say(JSON.stringify({ seconds, peakBytes } satisfies LoadCost));
};

/** In a separate process, so that its peak is that of loading. */
const loadCost = (folder: string): LoadCost =>
  JSON.parse(
    execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--load', folder], { encoding: 'utf8' }),
  );

const bench = (sampleCount: number): void => {
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-journal-'));
  try {
    writeLongJournal(folder, sampleCount);
    say(`${sampleCount} samples, ${megabytes(statSync(join(folder, SAMPLES_FILE)).size)}`);
    const { seconds, peakBytes } = loadCost(folder);
    say(`read and tallied: ${seconds.toFixed(2)} s, peak ${megabytes(peakBytes)}`);
    const report = reported(folder);
    say(`report --format html: ${report.wallSeconds.toFixed(2)} s, peak ${megabytes(report.peakBytes)}`);
    if (seconds <= MOST_SECONDS && peakBytes <= MOST_BYTES) return;
    say(`over the bar: ${MOST_SECONDS} s and ${megabytes(MOST_BYTES)}`);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const [first, folder] = process.argv.slice(2);
if (first === '--load') await loadHere(folder!);
else bench(Number(first ?? SAMPLES));
