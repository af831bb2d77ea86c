// One JSON document with every median, ratio, verdict and count of a run.
import { paramsKey } from '../compare/tally.ts';
import type { Loaded } from '../gate/load.ts';
import type { Summary, SummaryCount, SummaryInterval, SummaryTime } from '../schema/summary.ts';
import type { Interval } from '../stats/interval.ts';
import { type ExportFormat, whole } from './export.ts';
import { type CountedRow, countedRows, type TimedRow, timedRows } from './rows.ts';
import { jsonText } from './text.ts';
import { unitOf } from './units.ts';

const intervalOf = (interval: Interval): SummaryInterval | null =>
  interval.kind === 'tooFew'
    ? null
    : {
        center: interval.center,
        lo: interval.lo,
        hi: interval.hi,
        confidence: interval.confidence,
        n: interval.n,
      };

const timeOf = ({ place, metric, info, headline, cell }: TimedRow): SummaryTime => ({
  ...place,
  metric,
  unit: unitOf(metric),
  better: info.better,
  headline,
  n: cell.n,
  median: cell.median,
  medianInterval: intervalOf(cell.medianInterval),
  medianDeviation: cell.deviation,
  idle: cell.idle,
  ratio: cell.versus === null ? null : intervalOf(cell.versus.ratio),
  verdict: cell.versus?.verdict ?? null,
  detectable: cell.versus?.detectable ?? null,
});

const countOf = ({ place, metric, info, phase, least, most, passes }: CountedRow): SummaryCount => ({
  ...place,
  metric,
  unit: unitOf(metric),
  better: info.better,
  noise: info.noise,
  phase,
  least,
  most,
  passes,
});

export const summaryOf = (loaded: Loaded): Summary => {
  const { run, tallied, warnings } = loaded;
  const { environment, plan } = run;
  return {
    schema: 1,
    id: run.id,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    host: run.host,
    status: run.status,
    cfsbench: run.cfsbench,
    commandLine: run.commandLine,
    kernel: environment.kernel,
    architecture: environment.architecture,
    cpuModel: environment.cpuModel,
    cpuCount: environment.cpuCount,
    memoryBytes: environment.memoryBytes,
    seed: plan.seed,
    profile: plan.profile,
    baseline: plan.baseline,
    sampleCount: tallied.sampleCount,
    images: run.images.map(({ name, entryCount, fileCount, layerCount, fileBytes, treeDigest }) => ({
      name,
      entryCount,
      fileCount,
      layerCount,
      fileBytes,
      treeDigest,
    })),
    times: timedRows(loaded).map(timeOf),
    counts: countedRows(loaded).map(countOf),
    failures: tallied.failures.map(({ scenario, params, image, arm, seq, phase, code, message }) => ({
      scenario,
      params: paramsKey(params),
      image,
      arm,
      seq,
      phase,
      code,
      message,
    })),
    skipped: [
      ...run.skipped,
      ...tallied.skips.map(({ arm, scenario, image, need, reason }) => ({
        what: `${scenario}, ${image}, ${arm}`,
        need,
        reason,
      })),
    ],
    dropped: plan.dropped,
    warnings: [...run.warnings, ...warnings],
  };
};

export const format: ExportFormat = {
  id: 'json',
  title: 'every median, ratio, verdict and count in one document (docs/schema/summary.schema.json)',
  write: whole((loaded) => jsonText(summaryOf(loaded))),
};
