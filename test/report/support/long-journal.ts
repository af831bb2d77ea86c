// A run folder with a given number of samples: those of the example, repeated in new blocks with changed values.
//
//   node build/test/report/support/long-journal.js FOLDER LINES
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openJournal, SAMPLES_FILE } from '../../../results/journal.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { exampleRun } from './example.ts';

const LINES_PER_WRITE = 10_000;
const MS_PER_SLOT = 503;

/** The sample in a later round; its values differ by up to 5 %, so that rounds differ. */
const later = (sample: Sample, round: number, blocksPerRound: number, seq: number): Sample => {
  const factor = 1 + (((round * 7919) % 1000) / 1000 - 0.5) / 10;
  const moved = {
    ...sample,
    seq,
    block: sample.block + round * blocksPerRound,
    startedAt: new Date(Date.parse(sample.startedAt) + seq * MS_PER_SLOT).toISOString(),
    slotNs: Math.round(sample.slotNs * factor),
  };
  if (moved.outcome !== 'ok' || moved.pass === 'count') return moved;
  const values = Object.fromEntries(
    Object.entries(moved.values).map(([metric, value]) => [
      metric,
      metric.endsWith('Ns') ? Math.round(value * factor) : value,
    ]),
  );
  return { ...moved, values };
};

export const writeLongJournal = (folder: string, lineCount: number): void => {
  const { run, samples } = exampleRun();
  const journal = openJournal(folder);
  journal.writeRun(run);
  for (const sample of samples) journal.append(sample);
  journal.close();
  const timed = samples.filter(({ pass, outcome }) => pass === 'time' && outcome === 'ok');
  const blocks = Math.max(...samples.map(({ block }) => block)) + 1;
  let lines: string[] = [];
  for (let seq = samples.length; seq < lineCount; seq++) {
    const at = seq - samples.length;
    const round = 1 + Math.floor(at / timed.length);
    lines.push(JSON.stringify(later(timed[at % timed.length]!, round, blocks, seq)));
    if (lines.length < LINES_PER_WRITE && seq + 1 < lineCount) continue;
    appendFileSync(join(folder, SAMPLES_FILE), `${lines.join('\n')}\n`);
    lines = [];
  }
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeLongJournal(process.argv[2]!, Number(process.argv[3]));
