// One line of the history: one metric of one run, with the fingerprint that says what it may be compared with.
import { type Check, count, fields, nullable, number, oneOf, record, text } from '../check.ts';
import { type Fingerprint, fingerprintText } from '../compare/fingerprint.ts';
import { NULL_ARM, rowOf } from '../compare/rows.ts';
import { paramsKey } from '../compare/tally.ts';
import { ResultsError } from '../errors.ts';
import { armRows, countedKey } from '../gate/exact-rows.ts';
import type { Loaded } from '../gate/load.ts';
import type { RunFile } from '../schema/run.ts';

export const HISTORY_SCHEMA = 1;

export interface Line {
  readonly schema: typeof HISTORY_SCHEMA;
  readonly run: string;
  readonly startedAt: string;
  readonly commit: string | null;
  readonly host: string;
  readonly scenario: string;
  readonly params: string;
  readonly image: string;
  readonly arm: string;
  /** `metric`, or `phase: actor: call`. */
  readonly what: string;
  /** `noisy` ones are ratios to the run's own baseline. */
  readonly noise: 'exact' | 'quasi' | 'noisy';
  readonly value: number;
  readonly n: number;
  readonly lo: number;
  readonly hi: number;
  readonly fingerprint: Fingerprint;
}

const line: Check<Omit<Line, 'schema'>> = fields<Omit<Line, 'schema'>>({
  run: text,
  startedAt: text,
  commit: nullable(text),
  host: text,
  scenario: text,
  params: text,
  image: text,
  arm: text,
  what: text,
  noise: oneOf('exact', 'quasi', 'noisy'),
  value: number,
  n: count,
  lo: number,
  hi: number,
  fingerprint: record(text),
});

export const checkLine = (value: unknown, at: string): Line => {
  line(value, at);
  const found = value as Line;
  if (found.schema !== HISTORY_SCHEMA)
    throw new ResultsError(`${at}: expected history schema ${HISTORY_SCHEMA}`, {
      facts: [`found: ${JSON.stringify(found.schema) ?? 'none'}`],
      hint: 'read it with the cfsbench that wrote it',
    });
  return found;
};

/** Lines of one series may be compared with each other, and with no others. */
export const seriesKey = ({ scenario, params, image, arm, what, fingerprint }: Line): string =>
  JSON.stringify([scenario, params, image, arm, what, fingerprintText(fingerprint)]);

const whatOf = (key: string): string => (JSON.parse(key) as string[]).join(': ');

const counted = (loaded: Loaded, base: Head): Line[] =>
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

type Head = Pick<Line, 'schema' | 'run' | 'startedAt' | 'commit' | 'host'>;

/** What a ratio depends on: the machine. */
const machineOf = (run: RunFile, image: string): Fingerprint => ({
  architecture: run.environment.architecture,
  cpu: `${run.environment.cpuCount} x ${run.environment.cpuModel}`,
  kernel: run.environment.kernel,
  workFileSystem: run.environment.workFileSystem.type,
  baseline: run.plan.baseline,
  image: run.images.find(({ name }) => name === image)?.manifestDigest ?? 'unknown',
});

const ratios = ({ run, tallied }: Loaded, base: Head): Line[] =>
  tallied.groups.flatMap((data) => {
    const { scenario, params, image } = data.group;
    const design = { catalogue: run.catalogue, baseline: run.plan.baseline };
    return (run.catalogue.scenarios[scenario]?.headline ?? []).flatMap((metric) =>
      (rowOf(data, metric, design)?.cells ?? []).flatMap(({ arm, versus }): Line[] => {
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

export const linesOf = (loaded: Loaded): readonly Line[] => {
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
