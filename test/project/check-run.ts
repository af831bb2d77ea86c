// Checks the run folder of a first run: complete, proved, measured on every headline backend, without leaks.
//
//   node build/test/project/check-run.js FOLDER     prints every fault; exits 1 if there is one
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunFile, Sample } from '../../results/schema/run.ts';

const HEADLINE = ['composefs-fuse', 'erofs-overlay', 'unpacked-overlay'];
const SMALLEST_REPORT_BYTES = 20_000;

const faultsOfSamples = (samples: readonly Sample[]): string[] => {
  const faults = HEADLINE.flatMap((backend) =>
    (['time', 'count'] as const)
      .filter(
        (pass) =>
          !samples.some((one) => one.backend === backend && one.pass === pass && one.outcome === 'ok'),
      )
      .map((pass) => `${backend}: no sample of the ${pass === 'time' ? 'timing' : 'counting'} passes`),
  );
  for (const sample of samples) {
    const name = `sample ${sample.seq} (${sample.scenario}, ${sample.arm}, ${sample.image})`;
    if (sample.outcome === 'failed')
      faults.push(`${name} failed: ${sample.phase}: ${sample.code}: ${sample.message}`);
    if (sample.outcome !== 'ok') continue;
    for (const [metric, value] of Object.entries(sample.values)) {
      if (/^left\w+Count$/.test(metric) && value !== 0)
        faults.push(`${name} left something behind: ${metric} ${value}`);
      if (!Number.isFinite(value)) faults.push(`${name}: ${metric} is ${value}`);
    }
  }
  if (!samples.some((sample) => sample.arm === 'null' && sample.outcome === 'ok'))
    faults.push('no null arm was measured');
  return faults;
};

const faultsOfRun = (run: RunFile): string[] => {
  const faults = run.status === 'complete' ? [] : [`the run is ${run.status}`];
  for (const proof of run.proofs)
    if (!proof.equal)
      faults.push(`${proof.arm} does not show ${proof.image}: ${proof.difference ?? 'unknown'}`);
  for (const backend of HEADLINE)
    if (!run.proofs.some((proof) => proof.arm === backend && proof.equal))
      faults.push(`${backend}: no proof of its tree`);
  return faults;
};

const faultsOfReport = (path: string): string[] => {
  if (!existsSync(path)) return ['report.html is missing'];
  if (statSync(path).size < SMALLEST_REPORT_BYTES)
    return [`report.html has only ${statSync(path).size} bytes`];
  return /<(?:script|link|img|iframe)[^>]+(?:src|href)\s*=\s*["']?https?:/i.test(readFileSync(path, 'utf8'))
    ? ['report.html loads something from the network']
    : [];
};

export const faultsOf = (folder: string): string[] => {
  const missing = ['run.json', 'samples.ndjson'].filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) return missing.map((name) => `${name} is missing`);
  const run = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunFile;
  const samples = readFileSync(join(folder, 'samples.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Sample);
  return [
    ...faultsOfRun(run),
    ...faultsOfSamples(samples),
    ...faultsOfReport(join(folder, 'report.html')),
    ...(existsSync(join(folder, 'samples.csv')) ? [] : ['samples.csv is missing']),
  ];
};

const [, program, folder] = process.argv;
if (folder !== undefined && program !== undefined && import.meta.url === pathToFileURL(program).href) {
  const faults = faultsOf(folder);
  for (const fault of faults) console.error(`check-run: ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
