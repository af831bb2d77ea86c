// Makes kernels.json.gz from the run folders of `cfsbench vm --matrix --out DIR`, one per kernel.
//
// Usage:  node build/test/report/matrix/make-kernels-main.js DIR
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { RUN_FILE, SAMPLES_FILE } from '../../../results/journal.ts';
import type { RunFile, Sample } from '../../../results/schema/run.ts';
import { KERNELS_FILE, type KernelRun } from './kernel-runs.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: make-kernels-main.js DIR');

/** Without ledgers, timelines, conditions and the metrics of the catalogue, which the page of a matrix does not read. */
const readKernelRun = (path: string): KernelRun => {
  const { conditions: _, ...run } = JSON.parse(readFileSync(join(path, RUN_FILE), 'utf8')) as RunFile;
  const scenarios = Object.fromEntries(
    Object.entries(run.catalogue.scenarios).map(([name, scenario]) => [name, { ...scenario, metrics: {} }]),
  );
  const samples = readFileSync(join(path, SAMPLES_FILE), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      JSON.parse(line, (key, value) => (key === 'ledger' || key === 'timeline' ? undefined : value)),
    ) as Sample[];
  return { run: { ...run, catalogue: { ...run.catalogue, metrics: {}, scenarios } }, samples };
};

const kernelOf = ({ run }: KernelRun): string => run.guest?.kernel ?? '';

const runs = readdirSync(folder)
  .map((name) => join(folder, name))
  .filter((path) => existsSync(join(path, RUN_FILE)))
  .map(readKernelRun)
  .sort((a, b) => kernelOf(a).localeCompare(kernelOf(b), 'en', { numeric: true }));
writeFileSync(KERNELS_FILE, gzipSync(JSON.stringify(runs), { level: 9 }));
console.log(`${KERNELS_FILE}: ${runs.map(kernelOf).join(', ')}`);
