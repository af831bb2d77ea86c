// Makes the recorded slot times of a machine from the folder of a run.
//
// Usage:  node build/test/harness/runner/record-slot-times-main.js RUN test/harness/runner/recorded-slot-times-slow.ts
//         npx biome check --write test/harness/runner
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupKey } from '../../../harness/runner/plan.ts';
import { RUN_FILE, SAMPLES_FILE } from '../../../results/journal.ts';
import type { RunFile, Sample } from '../../../results/schema/run.ts';

const NS_PER_MS = 1e6;
const NS_PER_MINUTE = 60e9;

const [folder, file] = process.argv.slice(2);
if (folder === undefined || file === undefined) throw new Error('usage: record-slot-times-main.js RUN FILE');

const run = JSON.parse(readFileSync(join(folder, RUN_FILE), 'utf8')) as RunFile;
const samples = readFileSync(join(folder, SAMPLES_FILE), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Sample)
  .filter(({ outcome }) => outcome === 'ok');

const meanMs = (of: readonly Sample[]): number | null =>
  of.length === 0
    ? null
    : Math.round(of.reduce((sum, { slotNs }) => sum + slotNs, 0) / of.length / NS_PER_MS);

/** The first pass is slower than the others: the mean of the last one. */
const lastPass = (of: readonly Sample[]): readonly Sample[] => {
  const last = Math.max(...of.map(({ block }) => block));
  return of.filter(({ block }) => block === last);
};

const groups = new Map<string, Sample[]>();
for (const sample of samples) {
  const known = groups.get(groupKey(sample)) ?? [];
  groups.set(groupKey(sample), [...known, sample]);
}
const rows = [...groups.values()].map((of) => {
  const { scenario, params, image } = of[0]!;
  return [
    scenario,
    JSON.stringify(params),
    image,
    meanMs(lastPass(of.filter(({ pass }) => pass === 'count'))),
    meanMs(of.filter(({ pass }) => pass === 'time')),
  ];
});
const images = run.images.map(({ name, source, entryCount, objectCount, objectBytes }) => ({
  ...{ name, source, entryCount, objectCount, objectBytes },
}));
const { profile } = run.plan;
writeFileSync(
  file,
  `// Mean slot times of a run of the profile \`${profile}\` of ${Math.round(run.wallNs! / NS_PER_MINUTE)} min on a virtual machine with ${run.environment.cpuCount} CPUs, in milliseconds; null: not
// reached. record-slot-times-main.ts makes this file.

export const recordedImages = ${JSON.stringify(images)} as const;

/** Scenario, its parameters as JSON, image, counted slots, timed slots. */
export const recordedSlotTimes: readonly (readonly [string, string, string, number | null, number | null])[] = ${JSON.stringify(rows)};
`,
);
