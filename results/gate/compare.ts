// Compares two run folders, or the two arms of one run. Counts are compared by fingerprint; latencies only within one run.
import { FEWEST_PASSES } from '../compare/counts.ts';
import { type EnvironmentItem, environmentItems } from '../compare/environment.ts';
import { emulationText } from '../emulated.ts';
import {
  droppedLines,
  droppedText,
  explainsRow,
  isSkipped,
  isSkippedOn,
  skippedText,
} from '../not-measured.ts';
import type { DroppedGroup } from '../schema/not-measured.ts';
import type { RunFile } from '../schema/run.ts';
import { type GateConfig, NO_CONFIG, thresholdOf, unknownNames } from './config.ts';
import { compareExact, type ExactResult } from './exact.ts';
import { type ArmRows, armRows, isTimed, type RowPlace } from './exact-rows.ts';
import { compareLatencies, type Latencies } from './latencies.ts';
import type { LoadedRun } from './load.ts';

type ComparisonKind = 'two runs' | 'two arms' | 'one run';

export interface Comparison {
  readonly kind: ComparisonKind;
  readonly base: string;
  readonly head: string;
  readonly exact: readonly ExactResult[];
  /** Of the head's run. */
  readonly latencies: Latencies;
  /** Of the base's run; null if base and head are one run. */
  readonly baseLatencies: Latencies | null;
  /** Groups with gated times that ended before their first look for lack of time. */
  readonly untimed: readonly DroppedGroup[];
  /** Items of the environment that differ. */
  readonly environment: readonly string[];
  readonly notices: readonly string[];
}

export interface CompareOptions {
  readonly config?: GateConfig;
  readonly all?: boolean;
}

const itemText = ({ item, base, head }: EnvironmentItem): string =>
  `${item}: ${base ?? 'absent'} -> ${head ?? 'absent'}`;

const backendOf = ({ plan }: RunFile, arm: string): string =>
  plan.slots.find((slot) => slot.arm === arm)?.backend ?? arm;

const whyAbsent =
  ({ run, tallied }: LoadedRun) =>
  ({ scenario, image, arm }: RowPlace): readonly string[] => {
    const here = (what: { scenario: string; image: string; arm: string }): boolean =>
      what.scenario === scenario && what.image === image && what.arm === arm;
    const reasons = [
      ...run.skipped
        .filter(
          (one) =>
            isSkippedOn(one, arm, image) ||
            isSkippedOn(one, backendOf(run, arm), image) ||
            isSkipped(one, scenario) ||
            isSkipped(one, image),
        )
        .map((one) => `skipped: ${skippedText(one)}`),
      ...tallied.failures.filter(here).map(({ phase, message }) => `failed: ${phase}: ${message}`),
      ...tallied.skips.filter(here).map(({ need, reason }) => `skipped: ${need}: ${reason}`),
      ...run.plan.dropped
        .filter((one) => explainsRow(one, scenario, image))
        .map((one) => `dropped: ${droppedText(one)}`),
      ...(run.plan.arms.includes(arm) ? [] : [`${arm} is not among the arms of this run`]),
    ];
    return [...new Set(reasons)].slice(0, 3);
  };

/** Why an incomplete base lacks a row of the head. Empty: the row is new. */
const whyNotInBase = ({ run, tallied }: LoadedRun, { scenario, image, arm }: RowPlace): readonly string[] => [
  ...(run.status === 'complete' ? [] : [`the base is not complete: ${run.status}`]),
  ...tallied.failures
    .filter((one) => one.scenario === scenario && one.image === image && one.arm === arm)
    .slice(0, 1)
    .map(({ phase, message }) => `failed in the base: ${phase}: ${message}`),
  ...run.plan.dropped
    .filter((one) => explainsRow(one, scenario, image))
    .slice(0, 1)
    .map((one) => `dropped in the base: ${droppedText(one)}`),
];

const passNotice = (side: string, rows: readonly ArmRows[]): readonly string[] => {
  const fewest = Math.min(...rows.map(({ passes }) => passes));
  return rows.length > 0 && fewest < FEWEST_PASSES
    ? [
        `${side}: ${fewest} counting pass${fewest === 1 ? '' : 'es'}: cannot check that its counts are constant`,
      ]
    : [];
};

const emulationNotice = (side: string, run: RunFile): readonly string[] => {
  const text = emulationText(run);
  return text === null ? [] : [`${side}: ${text} and are left out`];
};

const statusNotice = (side: string, { status }: RunFile): readonly string[] =>
  status === 'complete' ? [] : [`${side}: the run is not complete: ${status}`];

export const compareRuns = (base: LoadedRun, head: LoadedRun, options: CompareOptions = {}): Comparison => {
  // A run that was only counted lacks timed passes, and no count.
  const passes = isTimed(base) && isTimed(head) ? (['count', 'time'] as const) : (['count'] as const);
  const [left, right] = [armRows(base, passes), armRows(head, passes)];
  const latencies = (of: LoadedRun): Latencies =>
    compareLatencies(of, {
      baseline: of.run.plan.baseline,
      config: options.config ?? NO_CONFIG,
      gates: false,
      all: options.all ?? false,
    });
  return {
    kind: 'two runs',
    base: base.run.id,
    head: head.run.id,
    exact: compareExact(left, right, whyAbsent(head)).map((row) =>
      row.status === 'new' ? { ...row, because: whyNotInBase(base, row.place) } : row,
    ),
    latencies: latencies(head),
    baseLatencies: latencies(base),
    untimed: [],
    environment: environmentItems(base.run.environment, head.run.environment).map(itemText),
    notices: [
      ...unknownNames(options.config ?? NO_CONFIG, [base.run.catalogue, head.run.catalogue]),
      ...emulationNotice('base', base.run),
      ...emulationNotice('head', head.run),
      ...statusNotice('base', base.run),
      ...statusNotice('head', head.run),
      ...passNotice('base', left),
      ...passNotice('head', right),
      ...base.warnings.map((line) => `base: ${line}`),
      ...head.warnings.map((line) => `head: ${line}`),
    ],
  };
};

/** Renames an arm so that the rows of base and head match. */
const renamed = (rows: readonly ArmRows[], arm: string): readonly ArmRows[] =>
  rows.map((side) => {
    const place = { ...side.place, arm };
    return { ...side, place, rows: side.rows.map((row) => ({ ...row, place })) };
  });

const untimedIn = ({ plan, catalogue }: RunFile, config: GateConfig): readonly DroppedGroup[] => {
  const isGated = (scenario: string): boolean =>
    (catalogue.scenarios[scenario]?.headline ?? []).some(
      (metric) => thresholdOf(config, scenario, metric).gate,
    );
  return plan.dropped.flatMap((one) =>
    one.kind === 'group' && one.neededBlocks > 0 && isGated(one.scenario) ? [one] : [],
  );
};

export const compareArms = (loaded: LoadedRun, options: CompareOptions = {}): Comparison => {
  const { run } = loaded;
  const { config = NO_CONFIG } = options;
  const ab = run.plan.ab ?? null;
  const rows = armRows(loaded);
  const of = (arm: string): readonly ArmRows[] => rows.filter(({ place }) => place.arm === arm);
  return {
    kind: ab === null ? 'one run' : 'two arms',
    base: ab === null ? run.plan.baseline : ab[0],
    head: ab === null ? run.id : ab[1],
    exact: ab === null ? [] : compareExact(renamed(of(ab[0]), ab[1]), of(ab[1]), whyAbsent(loaded)),
    latencies: compareLatencies(loaded, {
      baseline: run.plan.baseline,
      config,
      gates: ab !== null,
      all: options.all ?? false,
    }),
    baseLatencies: null,
    untimed: ab === null ? [] : untimedIn(run, config),
    environment: [],
    notices: [
      ...unknownNames(config, [run.catalogue]),
      ...emulationNotice('run', run),
      ...statusNotice('run', run),
      ...passNotice('run', rows),
      ...droppedLines(run.plan.dropped).map((line) => `run: ${line}`),
      ...loaded.warnings,
    ],
  };
};
