// What the finding and the claims say of a pool: its values are runs or machines, not blocks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyse } from '../../../report/analysis.ts';
import { claim as c06 } from '../../../report/claims/c06.ts';
import { type Evidence, evidenceOf } from '../../../report/claims/evidence.ts';
import { moreValues } from '../../../report/claims/missing.ts';
import type { ReportView } from '../../../report/view.ts';
import type { LoadedPool } from '../../../results/pool/load.ts';
import { pooled, type StoredRun } from '../../results/pool/stored-runs.ts';
import { evidenceIn, made } from '../claims/journal.ts';
import { images, walks } from '../claims/listings.ts';
import { exampleRun } from '../support/example.ts';

const runOn = (machine: number, run: number): StoredRun => {
  const seed = 1 + 10 * machine + run;
  const made = exampleRun({ seed, images: ['one'], blocks: 8 });
  return {
    run: {
      ...made.run,
      id: `2026-01-15-machine-${seed}`,
      host: `machine-${machine}`,
      startedAt: `2026-01-15T${10 + run}:00:00.000Z`,
      plan: { ...made.run.plan, seed: String(seed) },
    },
    samples: made.samples,
  };
};

const pool = (machines: number, runs: number): Promise<LoadedPool> =>
  pooled(
    Array.from({ length: machines }, (_, machine) =>
      Array.from({ length: runs }, (__, run) => runOn(machine, run)),
    ).flat(),
  );

const viewOf = ({ run, tallied, pool: over }: LoadedPool): ReportView =>
  analyse(run, tallied, { pool: over });

const rangesOf = async (machines: number, runs: number): Promise<string> =>
  viewOf(await pool(machines, runs)).finding.find((line) => line.startsWith('Each ratio'))!;

test('over three machines each ratio is a mean over the machines, on one over the runs', async () => {
  assert.match(await rangesOf(3, 2), /mean over the machines; .* holds for further machines like these\.$/);
  assert.match(await rangesOf(1, 3), /mean over the runs; .* holds for further runs like these\.$/);
});

test('two runs are too few runs, however many blocks they have', async () => {
  const { finding } = viewOf(await pool(1, 2));
  assert.equal(finding[0], 'Too few runs to compare the backends.');
  assert.ok(finding.some((line) => /; too few runs to compare composefs over FUSE and /.test(line)));
  assert.doesNotMatch(finding.join('\n'), /too few blocks/i);
});

test('a claim asks a pool for more runs, and one run for more blocks', async () => {
  const alone = evidenceIn({ groups: [] });
  assert.match(moreValues(alone), /--blocks 24/);
  const { run, samples } = made({
    images,
    groups: [walks('walk-warm', { 'erofs-overlay': 520, 'erofs-only': 400 })],
  });
  const runs = [1, 2].map((seed) => ({
    run: { ...run, id: `run-${seed}`, plan: { ...run.plan, seed: String(seed) } },
    samples,
  }));
  const two = await pooled(runs);
  const evidence: Evidence = evidenceOf(two.run, two.tallied);
  const judged = c06.judge(evidence);
  assert.ok(judged.verdict === 'undecided');
  assert.match(judged.because, /^too few runs/);
  assert.match(judged.wouldDecide, /^more runs of this plan/);
  assert.doesNotMatch(judged.wouldDecide, /--blocks/);
});
