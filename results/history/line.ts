// The lines of a run in the history: one for each count and each headline ratio, with the fingerprint that makes it comparable.
import { type Fingerprint, fingerprintText } from '../compare/fingerprint.ts';
import { machineFacts } from '../compare/machine-facts.ts';
import { designOf, NULL_ARM } from '../compare/phase-of.ts';
import { rowOf } from '../compare/rows.ts';
import { paramsKey } from '../compare/tally.ts';
import { armRows, countedKey } from '../gate/exact-rows.ts';
import type { LoadedRun } from '../gate/load.ts';
import { HISTORY_SCHEMA, type HistoryLine } from '../schema/history.ts';
import type { RunFile } from '../schema/run.ts';

/** Lines with equal keys form a series; only they are compared with each other. */
export const seriesKey = ({ scenario, params, image, arm, what, fingerprint }: HistoryLine): string =>
  JSON.stringify([scenario, params, image, arm, what, fingerprintText(fingerprint)]);

const whatOf = (key: string): string => (JSON.parse(key) as string[]).join(': ');

const counted = (loaded: LoadedRun, base: Head): HistoryLine[] =>
  armRows(loaded).flatMap(({ rows }) =>
    rows.map(({ place, counted: what, noise, count: found, fingerprint }) => ({
      ...base,
      ...place,
      what: whatOf(countedKey(what)),
      noise,
      value: found.least,
      n: found.passes,
      lo: found.least,
      hi: found.most,
      fingerprint,
    })),
  );

type Head = Pick<HistoryLine, 'schema' | 'run' | 'startedAt' | 'commit' | 'host'>;

/** Ratios depend on the machine. */
const machineOf = (run: RunFile, image: string): Fingerprint => ({
  ...machineFacts(run.environment),
  baseline: run.plan.baseline,
  image: run.images.find(({ name }) => name === image)?.manifestDigest ?? 'unknown',
});

const ratios = ({ run, tallied }: LoadedRun, base: Head): HistoryLine[] =>
  tallied.groups.flatMap((data) => {
    const { scenario, params, image } = data.group;
    const design = designOf(run);
    return (run.catalogue.scenarios[scenario]?.headline ?? []).flatMap((metric) =>
      (rowOf(data, metric, design)?.cells ?? []).flatMap(({ arm, versus }): HistoryLine[] => {
        if (arm === NULL_ARM || versus === null || versus.ratio.kind === 'tooFew') return [];
        const { center, lo, hi, n } = versus.ratio;
        const place = { scenario, params: paramsKey(params), image, arm };
        return [
          {
            ...base,
            ...place,
            what: metric,
            noise: 'noisy',
            value: center,
            n,
            lo,
            hi,
            fingerprint: machineOf(run, image),
          },
        ];
      }),
    );
  });

export const historyLines = (loaded: LoadedRun): readonly HistoryLine[] => {
  const { run } = loaded;
  const head: Head = {
    schema: HISTORY_SCHEMA,
    run: run.id,
    startedAt: run.startedAt,
    commit: run.cfsbench.commit,
    host: run.host,
  };
  return [...counted(loaded, head), ...ratios(loaded, head)];
};
