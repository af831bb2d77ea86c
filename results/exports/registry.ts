// All formats that other programs read. Every start of the program reads this list: a format is loaded when it is written.
import type { LoadedRun } from '../gate/load.ts';
import type { Export } from './export.ts';

const written = (
  facts: Omit<Export, 'pieces'>,
  load: () => Promise<(run: LoadedRun) => Iterable<string>>,
): Export => ({
  ...facts,
  async *pieces(run) {
    const pieces = await load();
    yield* pieces(run);
  },
});

export const machineFormats: readonly Export[] = [
  written(
    { id: 'wide-csv', file: 'wide.csv', title: 'CSV with one row per sample and one column per metric' },
    async () => (await import('./wide-csv.ts')).pieces,
  ),
  written(
    {
      id: 'json',
      file: 'summary.json',
      title: 'JSON of every median, described in docs/schema',
      pools: true,
    },
    async () => (await import('./json.ts')).pieces,
  ),
  written(
    { id: 'go', file: 'benchmarks.txt', title: 'Go benchmark lines, for benchstat' },
    async () => (await import('./go.ts')).pieces,
  ),
  written(
    { id: 'hyperfine', file: 'hyperfine.json', title: 'JSON as hyperfine exports it' },
    async () => (await import('./hyperfine.ts')).pieces,
  ),
  written(
    {
      id: 'github-action-benchmark-smaller',
      file: 'github-action-benchmark-smaller.json',
      title: 'github-action-benchmark, smaller is better',
    },
    async () => (await import('./action-benchmark.ts')).smaller,
  ),
  written(
    {
      id: 'github-action-benchmark-bigger',
      file: 'github-action-benchmark-bigger.json',
      title: 'github-action-benchmark, bigger is better',
    },
    async () => (await import('./action-benchmark.ts')).bigger,
  ),
  written(
    { id: 'bencher', file: 'bencher.json', title: 'Bencher Metric Format' },
    async () => (await import('./bencher.ts')).pieces,
  ),
  written(
    { id: 'junit', file: 'junit.xml', title: 'JUnit XML' },
    async () => (await import('./junit.ts')).pieces,
  ),
  written(
    { id: 'ktap', file: 'ktap.txt', title: 'KTAP version 1' },
    async () => (await import('./ktap.ts')).pieces,
  ),
];
