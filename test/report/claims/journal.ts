// Journals for tests of rules: values by arm and metric, nothing random.
import assert from 'node:assert/strict';
import type { Claim, Figure, Judgement } from '../../../report/claims/claim.ts';
import { type Evidence, evidenceOf } from '../../../report/claims/evidence.ts';
import { startTally } from '../../../results/compare/tally.ts';
import type { Conditions, Moment } from '../../../results/schema/machine.ts';
import type { ImageInfo, Ledger, Pass, RunFile, Sample } from '../../../results/schema/run.ts';
import type { Params, Values } from '../../../results/schema/shared.ts';
import { exampleRun } from '../support/example.ts';

/** One number for all blocks, or one per block. */
export type Series = Readonly<Record<string, number | readonly number[]>>;

export interface MadeGroup {
  readonly scenario: string;
  readonly params?: Params;
  readonly image?: string;
  /** Metrics of the timed blocks by arm. */
  readonly time?: Readonly<Record<string, Series>>;
  /** Metrics of the counting passes by arm. */
  readonly count?: Readonly<Record<string, Series>>;
  /** The ledger of every counting pass by arm. */
  readonly ledgers?: Readonly<Record<string, Ledger>>;
  /** Arms that were planned and failed. */
  readonly failed?: readonly string[];
  /** Backends of arms with names of their own. */
  readonly backends?: Readonly<Record<string, string>>;
}

export interface MadeRun {
  readonly groups: readonly MadeGroup[];
  /** Length of a series given as one number. */
  readonly blocks?: number;
  readonly passes?: number;
  readonly images?: readonly Partial<ImageInfo>[];
  readonly skipped?: RunFile['skipped'];
  readonly scenarios?: readonly string[];
  readonly dropped?: RunFile['plan']['dropped'];
  /** Replaces the backends of the example run. */
  readonly backends?: RunFile['catalogue']['backends'];
  readonly features?: RunFile['environment']['features'];
  readonly cpuCount?: number;
  readonly ledgerSource?: string;
  /** A problem of the machine. */
  readonly noise?: string;
}

export const IMAGE = 'made';

/** Values in equal steps of 3 % below to 3 % above the centre. */
export const around = (center: number, n = 8, spread = 0.03): readonly number[] =>
  Array.from({ length: n }, (_, i) => center * (1 + spread * (n === 1 ? 0 : (2 * i) / (n - 1) - 1)));

const NOTHING_READ: Moment = {
  at: '2026-01-15T10:00:00.000Z',
  loadAverage: [],
  governor: null,
  turbo: null,
  smt: null,
  clocksource: null,
  memoryBytes: null,
  memoryAvailableBytes: null,
  swapUsedBytes: null,
  cpuTicks: null,
  idleTicks: null,
  stealTicks: null,
  cpuPressureUs: null,
  ioPressureUs: null,
  memoryPressureUs: null,
  swapInCount: null,
  swapOutCount: null,
  oomKillCount: null,
  throttleCount: null,
  monotonicNs: 0,
};

const base = exampleRun({ blocks: 0, countPasses: 0 }).run;

const noisy = (text: string): Conditions => ({
  start: NOTHING_READ,
  end: null,
  otherMountCount: 0,
  kernelWarnings: [],
  judged: [{ id: 'load', severity: 'noise', text, hint: 'end it' }],
});

const lengthOf = (series: Series, otherwise: number): number =>
  Math.max(...Object.values(series).map((value) => (typeof value === 'number' ? otherwise : value.length)));

const at = (series: Series, block: number): Values => {
  const values: Record<string, number> = {};
  for (const metric of Object.keys(series)) {
    const value = series[metric]!;
    const one = typeof value === 'number' ? value : value[block];
    if (one !== undefined) values[metric] = one;
  }
  return values;
};

const slotOf = (group: MadeGroup, pass: Pass, arm: string, block: number) =>
  ({
    schema: 1,
    seq: 0,
    block,
    order: 0,
    pass,
    scenario: group.scenario,
    params: group.params ?? {},
    image: group.image ?? IMAGE,
    arm,
    backend: group.backends?.[arm] ?? arm,
    cache: 'warm',
    startedAt: base.startedAt,
    slotNs: 1e8,
    took: {},
    notes: [],
  }) as const;

const failedSample = (group: MadeGroup, arm: string): Sample => ({
  ...slotOf(group, group.count === undefined ? 'time' : 'count', arm, 0),
  outcome: 'failed',
  phase: 'create',
  code: 'EIO',
  message: 'no luck',
});

const samplesOf = (group: MadeGroup, pass: Pass, arm: string, series: Series, n: number): Sample[] =>
  Array.from({ length: lengthOf(series, n) }, (_, block) => {
    const ledger = pass === 'count' ? group.ledgers?.[arm] : undefined;
    return {
      ...slotOf(group, pass, arm, block),
      outcome: 'ok',
      values: at(series, block),
      ...(ledger === undefined ? {} : { ledger }),
    };
  });

export const made = (given: MadeRun): { readonly run: RunFile; readonly samples: readonly Sample[] } => {
  const { groups, blocks = 8, passes = 3 } = given;
  const samples = groups.flatMap((group) => [
    ...(group.failed ?? []).map((arm) => failedSample(group, arm)),
    ...Object.entries(group.time ?? {}).flatMap(([arm, series]) =>
      samplesOf(group, 'time', arm, series, blocks),
    ),
    ...[...new Set([...Object.keys(group.count ?? {}), ...Object.keys(group.ledgers ?? {})])].flatMap((arm) =>
      samplesOf(group, 'count', arm, group.count?.[arm] ?? { counted: 0 }, passes),
    ),
  ]);
  const images = given.images ?? [{ name: IMAGE }];
  const run: RunFile = {
    ...base,
    catalogue: { ...base.catalogue, backends: given.backends ?? base.catalogue.backends },
    environment: {
      ...base.environment,
      cpuCount: given.cpuCount ?? base.environment.cpuCount,
      features: given.features ?? base.environment.features,
    },
    images: images.map((image) => ({ ...base.images[0]!, ...image })),
    proofs: [],
    ...(given.noise === undefined ? {} : { conditions: noisy(given.noise) }),
    ledgerSource: given.ledgerSource ?? base.ledgerSource,
    skipped: given.skipped ?? [],
    plan: {
      ...base.plan,
      scenarios: given.scenarios ?? [...new Set(groups.map(({ scenario }) => scenario))],
      images: [...new Set(groups.map(({ image = IMAGE }) => image))],
      arms: [...new Set(samples.map(({ arm }) => arm))],
      dropped: given.dropped ?? [],
    },
  };
  return { run, samples: samples.map((sample, seq) => ({ ...sample, seq })) };
};

export const evidenceIn = (given: MadeRun): Evidence => {
  const { run, samples } = made(given);
  const tally = startTally();
  for (const sample of samples) tally.add(sample);
  return evidenceOf(run, tally.finish());
};

/** Applies the claim's rule to the journal. */
export const verdictOn = (claim: Claim, given: MadeRun): Judgement => claim.judge(evidenceIn(given));

/** The number that is printed beside the verdict. */
export const printedOf = (judged: Judgement): Figure => {
  assert.ok(judged.verdict === 'supported' || judged.verdict === 'not supported', judged.because);
  const printed = judged.decidedBy ?? judged.figures.find(({ standIn }) => standIn !== true);
  assert.ok(printed !== undefined);
  return printed;
};

/** The number beside "not supported". */
export const refutedBy = (judged: Judgement): number => {
  assert.equal(judged.verdict, 'not supported', judged.because);
  return printedOf(judged).value;
};
