// Go benchmark format, one line per sample and metric, in the order of execution: benchstat -col /backend FILE.
//
// Source: golang.org/design/14313-benchmark-format and the package golang.org/x/perf/benchfmt (keys by `=`, unit lines).
import { RUNTIME } from '../compare/phase-of.ts';
import { metricInfo } from '../compare/rows.ts';
import type { Catalogue, Ledger, Metric, RunFile, Sample } from '../schema/run.ts';
import { ascii } from '../visible.ts';
import type { ExportFormat, Source } from './export.ts';
import { CALLS, probedCalls } from './rows.ts';
import { token } from './text.ts';
import { belongs, unitOf } from './units.ts';

const NAMES = { ns: 'ns/op', B: 'B/op', count: 'count/op', '1/s': 'op/s', ratio: 'ratio', '': 'value' };
const CALL_UNIT = 'syscalls/op';
const USUAL = { ns: 'lower', B: 'lower', count: 'lower', '1/s': 'higher', ratio: 'lower', '': 'lower' };

/** Metrics that are not of one kind with the others of their unit have one of their own. */
const goUnit = (metric: string, { noise, better }: Metric): string => {
  const unit = unitOf(metric);
  const counted = unit === 'count' || unit === 'B';
  return [
    better === USUAL[unit] ? '' : `${better}-is-better-`,
    counted && noise !== 'exact' ? 'varying-' : '',
    NAMES[unit],
  ].join('');
};

const unitLines = ({ metrics }: Catalogue): string => {
  const lines = Object.entries(metrics).map(([metric, info]) => {
    const exact = info.noise === 'exact' ? ' assume=exact' : '';
    return `Unit ${goUnit(metric, info)}${exact} better=${info.better}`;
  });
  return [...new Set([...lines, `Unit ${CALL_UNIT} assume=exact better=lower`])].sort().join('\n');
};

const configLines = ({ id, host, cfsbench, environment }: RunFile): string =>
  [
    ['run', id],
    ['host', host],
    ['commit', cfsbench.commit ?? 'unknown'],
    ['kernel', environment.kernel],
    ['goos', 'linux'],
    ['goarch', environment.architecture],
    ['cpu', environment.cpuModel],
  ]
    .map(([key, value]) => `${key}: ${ascii(value!)}`)
    .join('\n');

/** The last part never ends in a number, which readers would take for a count of CPUs. */
const nameOf = (sample: Sample, metric: string): string => {
  const parts = Object.keys(sample.params)
    .sort()
    .map((key) => `${token(key)}=${token(String(sample.params[key]))}`);
  return [
    `Benchmark${token(sample.scenario).replace(/^./, (first) => first.toUpperCase())}`,
    ...parts,
    `image=${token(sample.image)}`,
    `backend=${token(sample.arm)}`,
    `metric=${token(metric)}`,
    `cache=${sample.cache}`,
  ].join('/');
};

const callsOf = (ledger: Ledger): readonly [phase: string, calls: number][] =>
  Object.entries(ledger).map(([phase, actors]) => [
    phase,
    Object.entries(actors)
      .filter(([actor]) => actor !== RUNTIME)
      .reduce((sum, [, calls]) => sum + Object.values(calls).reduce((a, b) => a + b, 0), 0),
  ]);

const linesOf = (sample: Sample, catalogue: Catalogue): readonly string[] => {
  if (sample.outcome !== 'ok') return [];
  return [
    ...Object.entries(sample.values)
      .filter(([metric]) => belongs(metric, sample.pass, catalogue))
      .map(
        ([metric, value]) =>
          `${nameOf(sample, metric)} 1 ${value} ${goUnit(metric, metricInfo(catalogue, metric))}\n`,
      ),
    ...callsOf(sample.ledger ?? {})
      .filter(([phase]) => !Object.hasOwn(sample.values, probedCalls(phase)))
      .map(([phase, calls]) => `${nameOf(sample, `${phase}.${CALLS}`)} 1 ${calls} ${CALL_UNIT}\n`),
  ];
};

async function* write({ run, samples }: Source): AsyncGenerator<string> {
  yield `${configLines(run)}\n${unitLines(run.catalogue)}\n\n`;
  for await (const sample of samples()) yield linesOf(sample, run.catalogue).join('');
}

export const format: ExportFormat = {
  id: 'go',
  title: 'Go benchmark lines, one per sample and metric, for benchstat',
  write,
};
