// Measures pooling many runs against its bars: 1,000 run folders of 50 machines in 60 s and 1 GB.
//
//   node build/test/results/pool/pool-bench-main.js [RUNS]
//
// Needs:  700 kB of disk for each run below TMPDIR.
// Error:  other load on the machine adds to the seconds; the CPU time hardly knows it.
// Exits:  1 over a bar.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backends } from '../../../harness/backends/registry.ts';
import { catalogueOf } from '../../../harness/cli/catalogue.ts';
import { probes } from '../../../harness/probes/registry.ts';
import { scenarios } from '../../../scenarios/registry.ts';
import { exampleRun } from '../../report/support/example.ts';
import { reported } from '../../report/support/reported.ts';
import { storeRun } from './stored-runs.ts';

const RUNS = 1000;
const MACHINES = 50;
const MOST_SECONDS = 60;
const MOST_BYTES = 1e9;
const SLOWER = 1.1;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const own = catalogueOf(backends, scenarios, probes);

/** Machine 0 has an arm that is slower; every second machine has another kernel. */
const writeRun = (home: string, index: number): number => {
  const machine = index % MACHINES;
  const { run, samples } = exampleRun({ seed: index + 1 });
  const { metrics, scenarios: described, backends: named } = run.catalogue;
  const catalogue = {
    ...own,
    metrics: { ...own.metrics, ...metrics },
    scenarios: { ...own.scenarios, ...described },
    backends: { ...own.backends, ...named },
  };
  storeRun(join(home, String(index)), {
    run: {
      ...run,
      id: `${run.id}-${index}`,
      host: `machine-${machine}`,
      startedAt: new Date(Date.parse(run.startedAt) + index * 1000).toISOString(),
      catalogue,
      environment: { ...run.environment, kernel: machine % 2 === 0 ? '6.18.0 #1' : '6.19.0 #1' },
    },
    samples: samples.map((sample) =>
      machine === 0 && sample.outcome === 'ok' && sample.arm === 'composefs-fuse' && sample.pass === 'time'
        ? {
            ...sample,
            values: Object.fromEntries(
              Object.entries(sample.values).map(([metric, value]) => [
                metric,
                metric.endsWith('Ns') ? value * SLOWER : value,
              ]),
            ),
          }
        : sample,
    ),
  });
  return samples.length;
};

const bench = (runCount: number): void => {
  const home = mkdtempSync(join(tmpdir(), 'cfsbench-pool-bench-'));
  try {
    let sampleCount = 0;
    for (let index = 0; index < runCount; index++) sampleCount += writeRun(home, index);
    say(`${runCount} runs of ${MACHINES} machines, ${sampleCount} samples`);
    const { wallSeconds, cpuSeconds, peakBytes } = reported(home, [
      'pool',
      home,
      '--out',
      join(home, 'pool.html'),
    ]);
    say(
      `pool --format html: ${wallSeconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of CPU time, peak ${(peakBytes / 1e6).toFixed(0)} MB`,
    );
    if (wallSeconds <= MOST_SECONDS && peakBytes <= MOST_BYTES) return;
    say(`over the bar: ${MOST_SECONDS} s and ${MOST_BYTES / 1e6} MB`);
    process.exitCode = 1;
  } finally {
    rmSync(home, { recursive: true });
  }
};

bench(Number(process.argv[2] ?? RUNS));
