// Which phase a metric is the time of, and what the counting passes saw happen in it.
import { own } from '../own.ts';
import { type Catalogue, type Ledger, PHASES, type Phase } from '../schema/run.ts';
import type { GroupData } from './tally.ts';

export const NULL_ARM = 'null';
export const COMMAND_START = 'commandStartWallNs';
/** Actor of the harness's own language runtime, whose calls are nobody's work. */
export const RUNTIME = 'runtime';
const HARNESS = 'harness';

/** What is measured of one phase alone; `createDurableWallNs` is a sum over several. */
const OF_PHASE = /^(\p{Ll}+)(WallNs|UserNs|SystemNs|CpuNs|ServerCpuNs|PerObjectNs)$/u;

/** Null for sums over phases and for rates. A scenario with one window may name its metric as it likes. */
export const phaseOf = (metric: string, data: GroupData): Phase | null => {
  const [, prefix] = OF_PHASE.exec(metric) ?? [];
  const named = PHASES.find((phase) => phase === prefix);
  if (named !== undefined) return named;
  if (!metric.endsWith('WallNs') || metric === COMMAND_START) return null;
  const seen = new Set([...data.ledgers.values()].flat().flatMap((ledger) => Object.keys(ledger)));
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
}

const idleByDesign = (arm: string, phase: Phase, { catalogue, baseline }: Design): boolean => {
  const backend = (arm === NULL_ARM ? baseline : arm).split(/[@#]/, 1)[0] ?? '';
  return own(catalogue.backends, backend)?.idle?.includes(phase) === true;
};

/** Some counters see commands only: what they do not list may have happened all the same. */
const sawHarness = (ledgers: readonly Ledger[]): boolean =>
  ledgers.some((ledger) =>
    Object.values(ledger).some((actors) => Object.hasOwn(actors, HARNESS) || Object.hasOwn(actors, RUNTIME)),
  );

/**
 * True where the arm has nothing to do in this phase: the passes were counted and saw no call at all or, where nothing counted,
 * its backend says so. Settling is waiting, which is not counted as calls, so nothing follows there.
 */
export const isIdle = (data: GroupData, metric: string, arm: string, design: Design): boolean => {
  const phase = phaseOf(metric, data);
  const ledgers = data.ledgers.get(arm) ?? [];
  if (phase === null || phase === 'settle') return false;
  if (!sawHarness(ledgers)) return idleByDesign(arm, phase, design);
  return ledgers.every((ledger) => callsIn(ledger, phase) === 0);
};
