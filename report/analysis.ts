// The view of a run: everything that a report shows, computed from run.json and the tallied samples. Pure.
import { type Design, designOf } from '../results/compare/phase-of.ts';
import type { GroupData, Tallied } from '../results/compare/tally.ts';
import { DEFAULT_DELTA } from '../results/compare/verdict.ts';
import { measuredIn } from '../results/emulated.ts';
import type { Pooled } from '../results/pool/pooled.ts';
import type { RunFile } from '../results/schema/run.ts';
import { armsOf } from './analysis/arms.ts';
import { claimsOf } from './analysis/claims.ts';
import { callsOf, countsOf, isDisk, isRequest, observedOf, varyingCounts } from './analysis/counted.ts';
import { forestsOf } from './analysis/forest.ts';
import { growthOf } from './analysis/growth.ts';
import { judgedOf } from './analysis/judged.ts';
import { livesOf } from './analysis/lives.ts';
import { inPlannedOrder } from './analysis/planned-order.ts';
import { cutText, droppedOf, failuresOf, leaksOf, runWarnings, skippedOf } from './analysis/problems.ts';
import { publishedOf } from './analysis/published.ts';
import { spreadsOf } from './analysis/spreads.ts';
import { firstTables, furtherTables, ownTables, rowsOnce, type TableInput } from './analysis/tables.ts';
import { timelinesOf } from './analysis/timelines.ts';
import type { Claim } from './claims/claim.ts';
import { evidenceOf } from './claims/evidence.ts';
import { claims as allClaims } from './claims/registry.ts';
import { cleaned } from './cleaned.ts';
import { findingOf } from './finding/finding.ts';
import { caveatsOf } from './finding/machine.ts';
import { plural } from './format.ts';
import { tables as publishedTables } from './published/registry.ts';
import { tamperViewsOf } from './tampering/table.ts';
import type { ReportView } from './view.ts';
import type { ArmView } from './view-tables.ts';

export interface AnalysisOptions {
  /** Half-width of the equivalence zone, such as 0.05. */
  readonly delta?: number;
  /** Warnings from reading the journal. */
  readonly warnings?: readonly string[];
  /** Several runs analysed together. */
  readonly pool?: Pooled;
  /** Absent: all claims. */
  readonly claims?: readonly Claim[];
}

const present = <T>(items: readonly (T | null)[]): readonly T[] => items.filter((item) => item !== null);

const imagesIn = (run: RunFile, groups: readonly GroupData[]): readonly string[] => {
  const measured = new Set(groups.map(({ group }) => group.image));
  return [...new Set([...run.plan.images, ...measured])].filter((image) => measured.has(image));
};

type CountViews = Pick<ReportView, 'calls' | 'requests' | 'disk' | 'observed'>;

const countViews = (
  groups: readonly GroupData[],
  arms: readonly ArmView[],
  { catalogue }: Design,
): CountViews => ({
  calls: present(groups.map((group) => callsOf(group, arms))),
  requests: present(groups.map((group) => countsOf(group, arms, catalogue, isRequest))),
  disk: present(groups.map((group) => countsOf(group, arms, catalogue, isDisk))),
  observed: present(groups.map((group) => observedOf(group, arms, catalogue))),
});

type RunViews = Pick<
  ReportView,
  | 'id'
  | 'baseline'
  | 'images'
  | 'proofs'
  | 'environment'
  | 'conditions'
  | 'fairness'
  | 'run'
  | 'plan'
  | 'scenarios'
  | 'dropped'
  | 'cutText'
>;

/** Copied from run.json. */
const runViews = (run: RunFile): RunViews => {
  const { startedAt, finishedAt, host, status, wallNs, cfsbench, commandLine, ledgerSource, guest } = run;
  const { seed, profile, budgetNs, blocks, looks, baseline } = run.plan;
  return {
    id: run.id,
    baseline,
    images: run.images,
    proofs: run.proofs,
    environment: run.environment,
    conditions: run.conditions ?? null,
    fairness: run.fairness ?? [],
    run: {
      ...{ startedAt, finishedAt, host, status, wallNs, cfsbench, commandLine, ledgerSource },
      ...(guest === undefined ? {} : { guest }),
    },
    plan: { seed, profile, budgetNs, blocks, baseline, ...(looks === undefined ? {} : { looks }) },
    scenarios: Object.entries(run.catalogue.scenarios).map(([id, { question, reproduce, cache }]) => ({
      id,
      question,
      reproduce,
      cache,
    })),
    dropped: droppedOf(run),
    cutText: cutText(run),
  };
};

const mountPaths = (groups: readonly GroupData[], arms: readonly ArmView[]): ReportView['took'] =>
  arms.map(({ id }) => ({
    arm: id,
    took: [...new Set(groups.flatMap(({ took }) => [...(took.get(id) ?? [])]))],
  }));

export const analyse = (run: RunFile, tallied: Tallied, options: AnalysisOptions = {}): ReportView => {
  const { delta = DEFAULT_DELTA, pool = null, claims = allClaims } = options;
  const groups = inPlannedOrder(tallied.groups, run);
  const arms = armsOf(run, groups);
  const measured = measuredIn(run, tallied);
  const judged = inPlannedOrder(measured.groups, run);
  const design = designOf(run, { delta });
  const input: TableInput = { groups, design, arms, images: imagesIn(run, groups), row: rowsOnce(design) };
  const forests = forestsOf(judged, arms, design);
  const tables = firstTables(input);
  const further = furtherTables(input);
  const counts = countViews(groups, arms, design);
  const isCounted = groups.some(({ ledgers, count }) => ledgers.size + count.size > 0);
  const hasSections = counts.observed.length > 0 || further.length > 0;
  const elsewhere = hasSections ? 'sections' : isCounted ? 'counts' : 'nothing';
  return cleaned<ReportView>({
    ...runViews(run),
    ...counts,
    finding: findingOf({ run, tallied, groups: judged, design, arms, pool, elsewhere, forests }),
    caveats: caveatsOf({ run, pool }),
    arms,
    tables,
    further,
    own: ownTables(input),
    forests,
    spreads: spreadsOf(judged, arms, design),
    growth: growthOf(judged, arms, design),
    lives: livesOf(judged, arms, run.environment.cpuCount),
    timelines: timelinesOf(judged, arms),
    claims: claimsOf(claims, run, measured),
    published: publishedOf(publishedTables, evidenceOf(run, measured)),
    tampering: tamperViewsOf(
      run,
      { ...tallied, groups },
      arms.flatMap(({ id, role }) => (role === 'null' ? [] : [id])),
    ),
    took: mountPaths(groups, arms),
    delta,
    judged: judgedOf([...tables, ...further], arms),
    pool,
    sampleCount: tallied.sampleCount,
    failures: failuresOf(tallied),
    skipped: skippedOf(tallied, run),
    leaks: leaksOf(tallied),
    warnings: [
      ...runWarnings(run),
      ...(pool?.notices ?? []),
      ...(options.warnings ?? []),
      ...groups.flatMap((group) =>
        varyingCounts(group, arms, run.catalogue, pool === null ? 'passes' : 'passes of the runs'),
      ),
    ],
    notes: [...tallied.notes].map(([note, count]) => `${note} (${plural(count, 'sample')})`),
  });
};
