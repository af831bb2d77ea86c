// From a run and its tallied samples to what the views show. Pure: the same input gives the same view.
import type { Design } from '../results/compare/phase-of.ts';
import { type GroupData, paramsKey, type Tallied } from '../results/compare/tally.ts';
import { DEFAULT_DELTA } from '../results/compare/verdict.ts';
import type { Pooled } from '../results/pool/pooled.ts';
import type { RunFile } from '../results/schema/run.ts';
import { armsOf } from './analysis/arms.ts';
import { callsOf, countsOf, inconstant, isDisk, isRequest, observedOf } from './analysis/counted.ts';
import { findingOf } from './analysis/finding.ts';
import { growthOf } from './analysis/growth.ts';
import { judgedOf } from './analysis/judged.ts';
import { claimsOf } from './analysis/on-trial.ts';
import { failuresOf, leaksOf, skippedOf } from './analysis/problems.ts';
import { publishedOf } from './analysis/published.ts';
import { spreadsOf } from './analysis/spreads.ts';
import { firstTables, furtherTables, ownTables, rowsOnce, type TableInput } from './analysis/tables.ts';
import type { Claim } from './claims/claim.ts';
import { evidenceOf } from './claims/evidence.ts';
import { claims as allClaims } from './claims/registry.ts';
import { cleaned } from './cleaned.ts';
import { tables as publishedTables } from './published/registry.ts';
import type { ReportView } from './view.ts';

export interface AnalysisOptions {
  /** Half-width of the equivalence zone, such as 0.05. */
  readonly delta?: number;
  /** What reading the journal had to say. */
  readonly warnings?: readonly string[];
  /** Of several runs put together. */
  readonly pool?: Pooled;
  /** On trial; absent: all that there are. */
  readonly claims?: readonly Claim[];
}

const position = (items: readonly string[], item: string): number => {
  const index = items.indexOf(item);
  return index < 0 ? items.length : index;
};

/** 2 before 10. */
const NUMBERS_IN_ORDER = new Intl.Collator('en', { numeric: true });

/** The state that the debate is about stands first; then the least work to the most. */
const LOCAL_ORDER = ['files', 'image', 'nothing'];
const INGEST_ORDER = ['trusted', 'digested'];

const inPlannedOrder = (groups: readonly GroupData[], run: RunFile): readonly GroupData[] => {
  const key = ({ scenario, image, params }: GroupData['group']) => [
    position(run.plan.scenarios, scenario),
    position(run.plan.images, image),
    position(LOCAL_ORDER, String(params['local'])),
    position(INGEST_ORDER, String(params['ingest'])),
  ];
  return [...groups].sort((a, b) => {
    const other = key(b.group);
    const difference = key(a.group)
      .map((place, at) => place - other[at]!)
      .find((one) => one !== 0);
    return difference ?? NUMBERS_IN_ORDER.compare(paramsKey(a.group.params), paramsKey(b.group.params));
  });
};

const present = <T>(items: readonly (T | null)[]): readonly T[] => items.filter((item) => item !== null);

const unfinished = (run: RunFile): readonly string[] =>
  run.status === 'complete' ? [] : [`the run is not complete: ${run.status}`];

const unequal = (run: RunFile): readonly string[] =>
  run.proofs
    .filter(({ equal }) => !equal)
    .map(
      ({ image, arm, difference }) =>
        `${arm} does not show the tree of ${image}: ${difference ?? 'no reason given'}`,
    );

export const analyse = (run: RunFile, tallied: Tallied, options: AnalysisOptions = {}): ReportView => {
  const delta = options.delta ?? DEFAULT_DELTA;
  const groups = inPlannedOrder(tallied.groups, run);
  const arms = armsOf(run, groups);
  const { catalogue, plan } = run;
  const design: Design = { catalogue, baseline: plan.baseline, delta };
  const images = [...new Set([...plan.images, ...groups.map(({ group }) => group.image)])].filter((image) =>
    groups.some(({ group }) => group.image === image),
  );
  const input: TableInput = { groups, design, arms, images, row: rowsOnce(design) };
  const tables = firstTables(input);
  const further = furtherTables(input);
  const observed = present(groups.map((group) => observedOf(group, arms, catalogue)));
  const counted = groups.some(({ ledgers, count }) => ledgers.size + count.size > 0);
  const elsewhere = observed.length > 0 || further.length > 0 ? 'sections' : counted ? 'counts' : 'nothing';
  return cleaned<ReportView>({
    id: run.id,
    finding: findingOf(tables, arms, tallied.sampleCount, elsewhere),
    baseline: plan.baseline,
    arms,
    tables,
    further,
    own: ownTables(input),
    calls: present(groups.map((group) => callsOf(group, arms))),
    requests: present(groups.map((group) => countsOf(group, arms, catalogue, isRequest))),
    disk: present(groups.map((group) => countsOf(group, arms, catalogue, isDisk))),
    observed,
    spreads: spreadsOf(groups, arms, design),
    growth: growthOf(groups, arms, design),
    claims: claimsOf(options.claims ?? allClaims, run, tallied),
    published: publishedOf(publishedTables, evidenceOf(run, tallied)),
    took: arms.map((arm) => ({
      arm: arm.id,
      took: [...new Set(groups.flatMap(({ took }) => [...(took.get(arm.id) ?? [])]))],
    })),
    images: run.images,
    proofs: run.proofs,
    environment: run.environment,
    conditions: run.conditions ?? null,
    fairness: run.fairness ?? [],
    run: {
      startedAt: run.startedAt,
      finishedAt: run.finishedAt,
      host: run.host,
      status: run.status,
      wallNs: run.wallNs,
      cfsbench: run.cfsbench,
      commandLine: run.commandLine,
      ledgerSource: run.ledgerSource,
    },
    plan: {
      seed: plan.seed,
      profile: plan.profile,
      budgetNs: plan.budgetNs,
      blocks: plan.blocks,
      baseline: plan.baseline,
    },
    scenarios: Object.entries(catalogue.scenarios).map(([id, { question, reproduce, cache }]) => ({
      id,
      question,
      reproduce,
      cache,
    })),
    delta,
    judged: judgedOf([...tables, ...further], arms),
    pool: options.pool ?? null,
    sampleCount: tallied.sampleCount,
    failures: failuresOf(tallied),
    skipped: skippedOf(tallied, run),
    dropped: plan.dropped,
    leaks: leaksOf(tallied),
    warnings: [
      ...unfinished(run),
      ...unequal(run),
      ...run.warnings,
      ...(options.pool?.notices ?? []),
      ...(options.warnings ?? []),
      ...groups.flatMap((group) =>
        inconstant(group, arms, catalogue, options.pool === undefined ? 'passes' : 'passes of the runs'),
      ),
    ],
    notes: [...tallied.notes].map(([note, count]) => `${note} (${count} samples)`),
  });
};
