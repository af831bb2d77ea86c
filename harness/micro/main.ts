// The child that enters the mount: calls the operation once on every target, then repeats it with tinybench. Directories are listed to
// their ends before that.
//
//   node main.js OPERATION LIST OUT
//
// LIST holds targets as JSON; OUT gets the figures, or `inPart`: a directory of which one call lists a part. tinybench times each call, without its own start-up. Times are not corrected;
// the time of an empty call is reported beside them.
import { readFileSync, writeFileSync } from 'node:fs';
import { Bench } from 'tinybench';
import { quantileBound } from '../../results/stats/quantile.ts';
import { type CallTarget, emptyCall, listToEnd, type RepeatedOperation, timedCall } from './operations.ts';

const TIME_MS = 60;
const NULL_TIME_MS = 10;
const MOST_SAMPLES = 400_000;
const NS_PER_MS = 1e6;
const CONFIDENCE = 0.95;

const operation = process.argv[2] as RepeatedOperation;
const [list = '', out = ''] = process.argv.slice(3);
const targets = JSON.parse(readFileSync(list, 'utf8')) as readonly CallTarget[];

const samplesOf = (call: ReturnType<typeof timedCall>, timeMs: number): readonly number[] => {
  for (let i = 0; i < Math.max(1, targets.length); i++) call();
  const bench = new Bench({
    time: timeMs,
    iterations: 10,
    warmup: false,
    retainSamples: true,
    timestampProvider: 'hrtimeNow',
  });
  // Without `async: false` tinybench calls it once more to find out.
  bench.add(operation, call, { async: false });
  bench.runSync();
  const result = bench.tasks[0]?.result;
  if (result === undefined || !('latency' in result))
    throw new Error(`${operation}: no result: ${result?.state}`);
  const samples = result.latency.samples ?? [];
  // Sorted ascending: truncation would drop the slowest.
  if (samples.length > MOST_SAMPLES)
    throw new Error(`${operation}: ${samples.length} samples exceed ${MOST_SAMPLES}`);
  return samples.map((ms) => ms * NS_PER_MS);
};

// Else less would be listed here than in another arm.
const inPart = operation === 'getdents' ? listToEnd(targets) : null;
if (inPart !== null) {
  writeFileSync(out, JSON.stringify({ inPart }));
  process.exit();
}

/** Nearest rank. */
const percentile = (sorted: readonly number[], p: number): number =>
  sorted[Math.ceil(p * sorted.length) - 1]!;

const samples = [...samplesOf(timedCall(operation, targets), TIME_MS)].sort((a, b) => a - b);
const empty = [...samplesOf(emptyCall(operation, targets), NULL_TIME_MS)].sort((a, b) => a - b);
const p99 = quantileBound(samples, 0.99, CONFIDENCE);
/** Few calls, as on a busy machine, do not show the slowest tenth. */
const hasTenth = quantileBound(samples, 0.9, CONFIDENCE).kind === 'bound';
writeFileSync(
  out,
  JSON.stringify({
    medianNs: percentile(samples, 0.5),
    ...(hasTenth ? { p90Ns: percentile(samples, 0.9) } : {}),
    ...(p99.kind === 'bound' ? { p99Ns: p99.value } : {}),
    emptyNs: percentile(empty, 0.5),
    sampleCount: samples.length,
  }),
);
