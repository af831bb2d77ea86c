// What a reader can meet, made from the stored run: each situation with the text for its pull request.
import { compareMarkdown } from '../../../report/markdown/compare.ts';
import { runMarkdown } from '../../../report/markdown/run.ts';
import type { ReportView } from '../../../report/view.ts';
import { type Comparison, compareArms, compareRuns } from '../../../results/gate/compare.ts';
import { gateOf } from '../../../results/gate/gate.ts';
import type { LoadedRun } from '../../../results/gate/load.ts';
import type { OkSample, Sample } from '../../../results/schema/run.ts';
import type { Values } from '../../../results/schema/shared.ts';
import { loaded } from '../../results/gate/support.ts';
import { type StoredRun, storedRun, viewOfStored } from './stored-run.ts';

export interface Situation {
  readonly id: string;
  readonly view: ReportView;
  readonly pullRequest: string;
}

const BASELINE = 'erofs-overlay';
const HEAD = 'composefs-fuse';

const complete = ({ run, samples }: StoredRun): StoredRun => ({
  run: { ...run, status: 'complete', plan: { ...run.plan, dropped: [] } },
  samples,
});

const stored = complete(storedRun());

const blockKey = ({ pass, scenario, params, block }: Sample): string =>
  JSON.stringify([pass, scenario, params, block]);

/** Values of the baseline by slot of its block. */
const baselines = new Map(
  stored.samples.flatMap((sample) =>
    sample.outcome === 'ok' && sample.arm === BASELINE ? [[blockKey(sample), sample.values] as const] : [],
  ),
);

const scaled = (values: Values, factor: number): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      /Ns$/.test(name) ? value * factor : /PerSecond$/.test(name) ? value / factor : value,
    ]),
  );

/** Every arm takes the baseline's time of its block, times a factor. */
const likeBaseline = (factorOf: (block: number, arm: string) => number): StoredRun => ({
  run: stored.run,
  samples: stored.samples.map((sample) => {
    if (sample.outcome !== 'ok' || sample.pass !== 'time' || sample.arm === BASELINE) return sample;
    const values = baselines.get(blockKey(sample)) ?? sample.values;
    return { ...sample, values: scaled(values, factorOf(sample.block, sample.arm)) };
  }),
});

const NEAR = 0.004;
const FAR = 3;

const samePairs = (): StoredRun => likeBaseline((block) => 1 + (block % 2 === 0 ? NEAR : -NEAR));
const undecided = (): StoredRun =>
  likeBaseline((block, arm) => (arm === 'null' ? 1 : block % 2 === 0 ? FAR : 1 / FAR));

/** Two revisions of one server: mounts and cold walks take longer, and each file costs one more call. */
const twoRevisions = (): StoredRun => {
  const [base, head] = [HEAD, `${HEAD}#2`];
  const { fileCount } = stored.run.images[0]!;
  const slower = (values: Values): Values => ({
    ...values,
    ...Object.fromEntries(
      ['mountWallNs', 'walkWallNs'].flatMap((name) =>
        values[name] === undefined ? [] : [[name, values[name] * 1.4]],
      ),
    ),
  });
  const oneMorePerFile = (sample: OkSample): OkSample => {
    const use = sample.ledger?.use;
    if (use?.['cfs-fuse'] === undefined || sample.scenario === 'churn') return sample;
    const server = { ...use['cfs-fuse'], statx: (use['cfs-fuse']['statx'] ?? 0) + fileCount };
    return { ...sample, ledger: { ...sample.ledger, use: { ...use, 'cfs-fuse': server } } };
  };
  // Enough blocks to judge all rows together, and enough passes to judge the calls of servers: a second time, a little later.
  const again = <T extends Sample>(sample: T): T => ({ ...sample, block: sample.block + 100 });
  const samples = stored.samples.flatMap((sample): readonly Sample[] => {
    if (sample.outcome !== 'ok' || sample.arm !== HEAD) return [];
    const near = { ...sample, arm: 'null', values: scaled(sample.values, 1 + NEAR) };
    const changed = oneMorePerFile({ ...sample, arm: head, values: slower(near.values) });
    return sample.pass === 'count'
      ? [sample, changed, again(sample), again(changed)]
      : [sample, near, changed, again(sample), again(near), again(changed)];
  });
  const plan = { ...stored.run.plan, baseline: base, arms: [base, head], ab: [base, head] as const };
  return { run: { ...stored.run, plan }, samples };
};

const FAILED = 'unpacked-overlay';

const vanished = (): StoredRun => ({
  run: stored.run,
  samples: stored.samples.map((sample): Sample => {
    if (sample.outcome !== 'ok' || sample.arm !== FAILED) return sample;
    const { values: _, ledger: __, ...slot } = sample;
    return {
      ...slot,
      outcome: 'failed',
      phase: 'create',
      code: 'ENOSPC',
      message: 'no space left on device',
    };
  }),
});

/** Without root there is no EROFS mount: FUSE is the baseline. */
const unprivileged = (): StoredRun => {
  const { run, samples } = stored;
  return {
    run: {
      ...run,
      environment: { ...run.environment, privilege: 'user namespace' },
      skipped: [
        {
          kind: 'arm',
          arm: BASELINE,
          backend: BASELINE,
          need: 'root in the initial user namespace',
          reason: 'mount: EPERM',
        },
      ],
      plan: { ...run.plan, baseline: HEAD, arms: run.plan.arms.filter((arm) => arm !== BASELINE) },
    },
    samples: samples.filter(({ arm }) => arm !== BASELINE && arm !== 'null'),
  };
};

const gatedText = (comparison: Comparison, head: LoadedRun): string =>
  compareMarkdown(comparison, {
    gate: gateOf(comparison, head, { strict: false, allowMissing: [] }),
    isGated: true,
    run: head.run,
  });

const ofRun = (id: string, given: StoredRun): Situation => {
  const view = viewOfStored(given);
  return { id, view, pullRequest: runMarkdown(view) };
};

const regression = (): Situation => {
  const head = loaded(twoRevisions());
  return { ...ofRun('regression', twoRevisions()), pullRequest: gatedText(compareArms(head), head) };
};

const vanishedBackend = (): Situation => {
  const [base, head] = [loaded(stored), loaded(vanished())];
  return { ...ofRun('vanished', vanished()), pullRequest: gatedText(compareRuns(base, head), head) };
};

export const situations = (): readonly Situation[] => [
  ofRun('clear', stored),
  ofRun('same', samePairs()),
  ofRun('undecided', undecided()),
  regression(),
  vanishedBackend(),
  ofRun('unprivileged', unprivileged()),
];
