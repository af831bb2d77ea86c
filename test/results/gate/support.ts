// Runs to compare, made from the example run of the report tests, with the differences that a test needs.
import { startTally } from '../../../results/compare/tally.ts';
import type { LoadedRun } from '../../../results/gate/load.ts';
import type { OkSample, Phase, RunFile, Sample } from '../../../results/schema/run.ts';
import { exampleRun } from '../../report/support/example.ts';

export interface Given {
  readonly run: RunFile;
  readonly samples: readonly Sample[];
}

export const example = (options: Parameters<typeof exampleRun>[0] = {}): Given => exampleRun(options);

export const loaded = ({ run, samples }: Given): LoadedRun => {
  const tally = startTally();
  for (const sample of samples) tally.add(sample);
  return {
    folder: 'nowhere',
    run,
    tallied: tally.finish(),
    okCount: samples.filter(({ outcome }) => outcome === 'ok').length,
    warnings: [],
  };
};

/** Every sample that `wanted` names, changed. */
export const changed = (given: Given, change: (sample: Sample) => Sample | null): Given => ({
  ...given,
  samples: given.samples.flatMap((sample) => change(sample) ?? []),
});

/** Adds one call to one phase of an arm's counting passes: to all passes or to the first only. */
export const oneMore = (
  given: Given,
  where: { readonly arm: string; readonly phase: Phase; readonly actor: string; readonly call: string },
  passes: 'all' | 'first' = 'all',
): Given =>
  changed(given, (sample) => {
    if (sample.outcome !== 'ok' || sample.pass !== 'count' || sample.arm !== where.arm) return sample;
    const calls = sample.ledger?.[where.phase]?.[where.actor];
    if (calls === undefined || (passes === 'first' && sample.block > 0)) return sample;
    const counted = { ...calls, [where.call]: (calls[where.call] ?? 0) + 1 };
    const phase = { ...sample.ledger![where.phase], [where.actor]: counted };
    return { ...sample, ledger: { ...sample.ledger, [where.phase]: phase } } satisfies OkSample;
  });

export const withTools = (given: Given, tools: Readonly<Record<string, string>>): Given => ({
  ...given,
  run: {
    ...given.run,
    environment: { ...given.run.environment, tools: { ...given.run.environment.tools, ...tools } },
  },
});

export const withStatus = (given: Given, status: RunFile['status']): Given => ({
  ...given,
  run: { ...given.run, status },
});

/** Two arms of one run: the head's times are those of the null arm times a factor. */
export const twoArms = (blocks: number, factor: number): Given => {
  const base = 'erofs-overlay';
  const head = 'erofs-overlay#2';
  const given = example({ blocks });
  const samples = given.samples
    .filter(({ arm }) => arm === base || arm === 'null')
    .flatMap((sample): Sample[] => {
      if (sample.outcome !== 'ok') return [sample];
      if (sample.pass === 'count') return [sample, { ...sample, arm: head }];
      if (sample.arm !== 'null') return [sample];
      const values = Object.fromEntries(
        Object.entries(sample.values).map(([name, value]) => [
          name,
          /Ns$/.test(name) ? value * factor : /PerSecond$/.test(name) ? value / factor : value,
        ]),
      );
      return [sample, { ...sample, arm: head, values }];
    });
  const plan = { ...given.run.plan, arms: [base, head], ab: [base, head] as const, baseline: base };
  return { run: { ...given.run, plan }, samples };
};
