// The phase that a metric measures, and whether an arm is idle in it.
import { areTimesMeasured } from '../emulated.ts';
import { own } from '../own.ts';
import { type Catalogue, type Ledger, PHASES, type Phase, type RunFile } from '../schema/run.ts';
import type { GroupData } from './tally.ts';

export const NULL_ARM = 'null';
export const COMMAND_START = 'commandStartWallNs';
/** Actor of the harness's language runtime; its calls are not part of any phase's work. */
export const RUNTIME = 'runtime';
const HARNESS = 'harness';

/** Metrics of a single phase; `createDurableWallNs` is a sum over several. */
const OF_PHASE = /^(\p{Ll}+)(WallNs|UserNs|SystemNs|CpuNs|ServerCpuNs|PerObjectNs)$/u;

const CALLS = 'CallCount';

/** The phase that a metric's name says; null for sums over phases and parts of one. */
export const phaseNamed = (metric: string): Phase | null => {
  const name = metric.endsWith(CALLS) ? metric.slice(0, -CALLS.length) : OF_PHASE.exec(metric)?.[1];
  return PHASES.find((phase) => phase === name) ?? null;
};

/** Null for sums over phases and for rates. The metric of a scenario with one window may have any name. */
const phaseOf = (metric: string, data: GroupData): Phase | null => {
  const [, prefix] = OF_PHASE.exec(metric) ?? [];
  const named = PHASES.find((phase) => phase === prefix);
  if (named !== undefined) return named;
  if (!metric.endsWith('WallNs') || metric === COMMAND_START) return null;
  // Many runs have equal ledgers.
  const ledgers = new Set([...data.ledgers.values()].flat());
  const seen = new Set([...ledgers].flatMap((ledger) => Object.keys(ledger)));
  return seen.size === 1 ? ([...seen][0] as Phase) : null;
};

const callsIn = (ledger: Ledger, phase: Phase): number =>
  Object.entries(ledger[phase] ?? {})
    .filter(([actor]) => actor !== RUNTIME)
    .reduce((sum, [, calls]) => sum + Object.values(calls).reduce((a, b) => a + b, 0), 0);

export interface Design {
  readonly catalogue: Catalogue;
  readonly baseline: string;
  /** Half-width of the equivalence zone, such as 0.05. */
  readonly delta?: number;
  /** False: no row of times is judged. Absent: true. */
  readonly timesMeasured?: boolean;
}

export const designOf = (
  run: RunFile,
  { baseline = run.plan.baseline, delta }: Partial<Design> = {},
): Design => ({
  catalogue: run.catalogue,
  baseline,
  ...(delta === undefined ? {} : { delta }),
  timesMeasured: areTimesMeasured(run),
});

const idleByDesign = (backend: string, phase: Phase, { catalogue }: Design): boolean =>
  own(catalogue.backends, backend)?.idle?.includes(phase) === true;

/** Some counters see commands only; the harness's own calls are then absent from the ledger. */
const sawHarness = (ledgers: readonly Ledger[]): boolean =>
  ledgers.some((ledger) =>
    Object.values(ledger).some((actors) => Object.hasOwn(actors, HARNESS) || Object.hasOwn(actors, RUNTIME)),
  );

/**
 * True if the arm has nothing to do in this phase: the counting passes saw no call or, without counts of the harness, its backend
 * declares the phase idle. Never true for settle, which is a wait: the number of its calls depends on time.
 */
export const isIdle = (data: GroupData, metric: string, arm: string, design: Design): boolean => {
  const phase = phaseOf(metric, data);
  const ledgers = data.ledgers.get(arm) ?? [];
  if (phase === null || phase === 'settle') return false;
  if (!sawHarness(ledgers)) return idleByDesign(data.backends.get(arm) ?? '', phase, design);
  return ledgers.every((ledger) => callsIn(ledger, phase) === 0);
};
