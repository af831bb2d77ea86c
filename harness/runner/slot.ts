// One slot from its first folder to its line in the journal. Every slot becomes a sample, also one that fails: its folder is
// removed and leaks are named.
import { type Ledger, type Outcome, type Sample, SCHEMA, type Timeline } from '../../results/schema/run.ts';
import { UserError } from '../model/errors.ts';
import type { ArmedProbe, Values } from '../model/scenario.ts';
import { pinToOneCpu } from '../sys/affinity.ts';
import { failedOutcome } from './failure.ts';
import { NOTHING_LEFT } from './leak-check.ts';
import { lostIn, refuseLost } from './lost-servers.ts';
import { type OpenSlot, openStageOf, type SlotParts } from './open-slot.ts';
import type { OpenStage } from './stage.ts';

interface Collected {
  readonly values: Values;
  readonly ledger: Ledger | undefined;
  readonly timeline: Timeline | undefined;
  readonly notes: readonly string[];
}

const collect = async (armed: readonly ArmedProbe[], own: Values): Promise<Collected> => {
  let values = own;
  let ledger: Ledger | undefined;
  let timeline: Timeline | undefined;
  const notes: string[] = [];
  for (const probe of armed) {
    const collected = await probe.collect();
    values = { ...values, ...collected.values };
    ledger = collected.ledger ?? ledger;
    timeline = collected.timeline ?? timeline;
    notes.push(...(collected.notes ?? []));
  }
  return { values, ledger, timeline, notes };
};

/** Called before servers are closed: one that was killed may be the reason. */
const outcomeOf = (error: unknown, stage: OpenStage | null): Outcome =>
  error instanceof UserError && error.code === 'skip'
    ? { outcome: 'skipped', need: 'image', reason: error.message }
    : failedOutcome(error, stage?.phaseNow() ?? 'prepare', stage?.machine.servers.lost());

/** JSON has no other numbers: as null the value would make the journal of the whole run unreadable. */
const finite = (values: Values): Values => {
  for (const [name, value] of Object.entries(values))
    if (!Number.isFinite(value))
      throw new UserError(`the value of ${name} is no finite number: ${value}`, { code: 'value', exit: 5 });
  return values;
};

interface MeasuredSlot {
  readonly outcome: Outcome;
  readonly notes: readonly string[];
}

const measure = async (parts: SlotParts, open: OpenSlot): Promise<MeasuredSlot> => {
  const { slot, scenario } = parts;
  open.stage = await openStageOf(parts, open);
  open.before = parts.leaks.before(open.folders);
  open.stage.sync();
  const own = await scenario.run(open.stage);
  const { values, ledger, timeline, notes } = await collect(open.armed, own);
  const outcome: Outcome = {
    outcome: 'ok',
    values: finite(scenario.derive(values, slot.params)),
    ...(Object.keys(open.stage.histograms).length === 0 ? {} : { histograms: open.stage.histograms }),
    ...(ledger === undefined ? {} : { ledger }),
    ...(timeline === undefined ? {} : { timeline }),
  };
  return { outcome, notes: [...open.stage.notes, ...notes] };
};

/** Closes everything, whatever fails meanwhile, then throws the first error, also that of a killed server. */
const closeSlot = async ({ prepared, armed, stage }: OpenSlot): Promise<void> => {
  const errors: unknown[] = [];
  const closing = [
    ...prepared.map((ready) => () => ready.close?.()),
    ...armed.map((probe) => () => probe.close?.()),
    () => stage?.close(),
    () => stage === null || refuseLost(stage.machine),
  ];
  for (const close of closing)
    try {
      await close();
    } catch (error) {
      errors.push(error);
    }
  if (errors.length > 0) throw errors[0];
};

/** `closed`: an error of the end of the slot. */
const withEnd = (outcome: Outcome, closed: Outcome): Outcome => {
  if (outcome.outcome === 'ok') return closed;
  if (outcome.outcome !== 'failed' || closed.outcome !== 'failed') return outcome;
  return { ...outcome, message: [outcome.message, ...lostIn(closed)].join('; ') };
};

const measureAndClose = async (parts: SlotParts, open: OpenSlot): Promise<MeasuredSlot> => {
  let measured: MeasuredSlot;
  let closed: Outcome | null = null;
  try {
    measured = await measure(parts, open);
  } catch (error) {
    const outcome = outcomeOf(error, open.stage);
    open.stage?.detach();
    measured = { outcome, notes: open.stage?.notes ?? [] };
  } finally {
    closed = await closeSlot(open).then(
      () => null,
      (error: unknown) => failedOutcome(error, open.stage?.phaseNow() ?? 'prepare'),
    );
  }
  return closed === null ? measured : { ...measured, outcome: withEnd(measured.outcome, closed) };
};

const MOST_NAMED = 20;

const named = (left: readonly string[]): string => {
  const more = left.length > MOST_NAMED ? [`and ${left.length - MOST_NAMED} more`] : [];
  return [...left.slice(0, MOST_NAMED), ...more].join(', ');
};

/** Names what is left, and removes the folders of the slot. Files in the folders of a failed slot are no leak. */
const findLeftAndRemove = (
  { leaks }: SlotParts,
  { folders, before }: OpenSlot,
  isOk: boolean,
): readonly string[] => {
  let left: readonly string[] | null = null;
  try {
    left = isOk && before !== null ? leaks.after(folders, before) : leaks.after([], []);
    return left;
  } finally {
    const leftNothing = isOk && left?.length === 0;
    for (const one of folders) leftNothing ? one.removeLater() : one.remove();
  }
};

/** What a failed slot left is named with its failure, so that it is not charged to the next slot. */
const checkAndRemove = (parts: SlotParts, open: OpenSlot, outcome: Outcome): Outcome => {
  const left = findLeftAndRemove(parts, open, outcome.outcome === 'ok');
  if (outcome.outcome === 'failed' && left.length !== 0)
    return { ...outcome, message: `${outcome.message}; left behind: ${named(left)}` };
  if (outcome.outcome !== 'ok') return outcome;
  return left.length > 0
    ? { outcome: 'failed', phase: 'leak', code: 'left-behind', message: `left behind: ${named(left)}` }
    : { ...outcome, values: { ...outcome.values, ...NOTHING_LEFT } };
};

export const runSlot = async (parts: SlotParts): Promise<Sample> => {
  const startedAt = new Date().toISOString();
  const from = process.hrtime.bigint();
  const open: OpenSlot = { folders: [], armed: [], prepared: [], stage: null, before: null };
  const unpin = parts.slot.placement === 'same-cpu' ? pinToOneCpu() : null;
  const { outcome, notes } = await measureAndClose(parts, open).finally(() => unpin?.());
  let ended: Outcome;
  try {
    ended = checkAndRemove(parts, open, outcome);
  } catch (error) {
    ended = outcome.outcome === 'ok' ? failedOutcome(error, 'leak') : outcome;
  }
  return {
    ...parts.slot,
    schema: SCHEMA,
    startedAt,
    ...(parts.session === 0 ? {} : { session: parts.session }),
    took: open.stage?.took() ?? {},
    notes,
    slotNs: Number(process.hrtime.bigint() - from),
    ...ended,
  };
};
