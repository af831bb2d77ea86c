// One slot from its first folder to its line in the journal. Whatever happens inside, its folder is removed, what it left
// behind is named, and it becomes a sample.
import { closeSync, openSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type Ledger, type Outcome, type Sample, SCHEMA } from '../../results/schema/run.ts';
import { hasNoIngest, type Local, type Prepared, type Store } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Inspector } from '../model/inspector.ts';
import type { Features, Machine } from '../model/machine.ts';
import type { ArmedProbe, Probe, Scenario, Slot, Values } from '../model/scenario.ts';
import { createStore, withOwnLayers } from '../store/store.ts';
import { pinToOneCpu } from '../sys/affinity.ts';
import { nowNs } from '../sys/clock.ts';
import type { Snapshot } from '../sys/leaks.ts';
import { createMachine } from '../sys/machine.ts';
import type { Arm } from './arm.ts';
import { openCrowd } from './crowd.ts';
import { refuseSame } from './different.ts';
import { type LeakCheck, leakMetrics } from './leak-check.ts';
import { type OpenStage, openStage } from './stage.ts';
import { type SlotFolders, slotName, type Workspace } from './workspace.ts';

export interface SlotParts {
  readonly slot: Slot;
  /** Which process of the run this is, from 0. */
  readonly session: number;
  /** Commands that still run this long after the slot began are ended, and the slot fails. */
  readonly limitNs: number;
  /** Long lives of an image within one timed slot. */
  readonly lives: number;
  readonly scenario: Scenario;
  readonly arm: Arm;
  readonly image: Image;
  /** Further images that the scenario needs. */
  readonly others: readonly Image[];
  readonly features: Features;
  readonly probes: readonly Probe[];
  readonly workspace: Workspace;
  readonly fullStore: Store;
  /** All images of the run. */
  readonly images: readonly Image[];
  /** Module that a thread of a crowd runs. */
  readonly crowdEntry: URL;
  readonly leaks: LeakCheck;
  readonly inspector: Inspector;
  /** Runs what a cold window will need once, on an empty folder. */
  readonly warmTools: (machine: Machine, emptyFolder: string) => Promise<void>;
}

const COUNTER_BYTES = 4096;

const machineOf = (parts: SlotParts, armed: readonly ArmedProbe[]): Machine => {
  const requestCounters = parts.slot.pass === 'count' ? join(parts.workspace.scratch, 'requests') : null;
  if (requestCounters !== null) {
    closeSync(openSync(requestCounters, 'w'));
    truncateSync(requestCounters, COUNTER_BYTES);
  }
  const hooks = {
    childStarted: (actor: string, pid: number) => {
      for (const probe of armed) probe.childStarted?.(actor, pid);
    },
    childEnded: (actor: string, pid: number) => {
      for (const probe of armed) probe.childEnded?.(actor, pid);
    },
    serverStarted: (actor: string, { pid }: { readonly pid: number }) => {
      for (const probe of armed) probe.serverStarted?.(actor, pid);
    },
  };
  const untilNs = nowNs() + parts.limitNs;
  return createMachine(parts.features, {
    scratch: parts.workspace.scratch,
    hooks,
    requestCounters,
    commandLimitMs: () => Math.max(1, Math.ceil((untilNs - nowNs()) / 1e6)),
  });
};

/** Of scenarios without the parameter the image is set up. */
const localOf = ({ slot }: Pick<SlotParts, 'slot'>): Local =>
  (slot.params['local'] as Local | undefined) ?? 'image';

/** One for each repetition, made before anything is measured. */
const storesOf = (parts: SlotParts, machine: Machine, folders: readonly SlotFolders[]): readonly Store[] => {
  switch (localOf(parts)) {
    case 'nothing':
      return folders.map(({ store }) =>
        createStore({
          state: 'empty',
          dir: store,
          layersOnly: hasNoIngest(parts.arm.backend),
          files: machine.files,
        }),
      );
    case 'files':
      return [withOwnLayers(parts.fullStore, folders[0]!.store)];
    case 'image':
      return [parts.fullStore];
  }
};

const cyclesOf = ({ slot, scenario, lives, arm }: SlotParts): number =>
  slot.pass === 'count' ? 1 : scenario.cycles(slot.params, lives, arm.backend);

/** The slot's own folder, and one beside it for each further store: a file system fills each of them from a place of its own. */
const foldersOf = (parts: SlotParts): readonly SlotFolders[] => {
  const name = slotName(parts.workspace.tag, parts.slot.seq);
  const more = localOf(parts) === 'nothing' ? cyclesOf(parts) - 1 : 0;
  return [
    parts.workspace.slot(name),
    ...Array.from({ length: more }, (_, i) => parts.workspace.slot(`${name}-${i + 1}`)),
  ];
};

interface Collected {
  readonly values: Values;
  readonly ledger: Ledger | undefined;
  readonly notes: readonly string[];
}

const collect = async (armed: readonly ArmedProbe[], own: Values): Promise<Collected> => {
  let values = own;
  let ledger: Ledger | undefined;
  const notes: string[] = [];
  for (const probe of armed) {
    const told = await probe.collect();
    values = { ...values, ...told.values };
    ledger = told.ledger ?? ledger;
    notes.push(...(told.notes ?? []));
  }
  return { values, ledger, notes };
};

const failure = (error: unknown, stage: OpenStage | null): Outcome => {
  if (!(error instanceof UserError)) throw error;
  if (error.code === 'skip') return { outcome: 'skipped', need: 'image', reason: error.message };
  const message = [error.message, ...error.facts].join('; ');
  return { outcome: 'failed', phase: stage?.phaseNow() ?? 'prepare', code: error.code, message };
};

interface Inside {
  readonly outcome: Outcome;
  /** Null when the slot failed before its folders were complete. */
  readonly before: readonly Snapshot[] | null;
  readonly took: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

const inside = async (parts: SlotParts, all: readonly SlotFolders[]): Promise<Inside> => {
  const { slot, scenario, image, arm } = parts;
  const armed: ArmedProbe[] = [];
  let stage: OpenStage | null = null;
  const folders = all[0]!;
  const started: Prepared[] = [];
  let before: readonly Snapshot[] | null = null;
  try {
    refuseSame([image, ...parts.others]);
    const machine = machineOf(parts, armed);
    const stores = storesOf(parts, machine, all);
    const store = stores[0]!;
    const prepare = async (one: Image): Promise<Prepared> => {
      const ready = await arm.backend.prepare(one, machine, arm.options);
      started.push(ready);
      return ready;
    };
    const prepared = await prepare(image);
    const scratch = parts.workspace.scratch;
    for (const { arm } of parts.probes)
      if (arm !== undefined) armed.push(await arm({ machine, slot, scratch }));
    const cycles = cyclesOf(parts);
    const warmTools = (empty: string) => parts.warmTools(machine, empty);
    const kept = localOf(parts) === 'nothing' ? [] : parts.images;
    stage = openStage({
      slot,
      image,
      others: parts.others,
      prepare,
      machine,
      store,
      storeOf: (cycle) => stores[cycle] ?? store,
      ownStore: localOf(parts) === 'image' ? [] : [folders.store],
      kept,
      prepared,
      folders,
      crowd: (dirs) =>
        openCrowd({
          entry: parts.crowdEntry,
          arm,
          image,
          features: parts.features,
          local: localOf(parts) === 'files' ? 'files' : 'nothing',
          fullDir: parts.workspace.store,
          scratch: parts.workspace.scratch,
          limitMs: () => Math.max(1, Math.ceil(parts.limitNs / 1e6)),
          dirs,
        }),
      probes: armed,
      cycles,
      warmTools,
      inspect: parts.inspector.inspect,
    });
    before = parts.leaks.before(all);
    stage.sync();
    const own = await scenario.run(stage);
    const { values, ledger, notes } = await collect(armed, own);
    const outcome: Outcome = {
      outcome: 'ok',
      values: scenario.derive(values, slot.params),
      ...(ledger === undefined ? {} : { ledger }),
    };
    return { outcome, before, took: stage.took(), notes: [...stage.notes, ...notes] };
  } catch (error) {
    stage?.detach();
    return { outcome: failure(error, stage), before, took: stage?.took() ?? {}, notes: stage?.notes ?? [] };
  } finally {
    for (const ready of started) await ready.close?.();
    for (const probe of armed) probe.close?.();
    await stage?.end();
  }
};

const MOST_NAMED = 20;

const named = (left: readonly string[]): string => {
  const more = left.length > MOST_NAMED ? [`and ${left.length - MOST_NAMED} more`] : [];
  return [...left.slice(0, MOST_NAMED), ...more].join(', ');
};

export const runSlot = async (parts: SlotParts): Promise<Sample> => {
  const startedAt = new Date().toISOString();
  const from = process.hrtime.bigint();
  const folders = foldersOf(parts);
  const unpin = parts.slot.placement === 'same-cpu' ? pinToOneCpu() : null;
  const { outcome, before, took, notes } = await inside(parts, folders).finally(() => unpin?.());
  const left = outcome.outcome === 'ok' && before !== null ? parts.leaks.after(folders, before) : [];
  const leftNothing = outcome.outcome === 'ok' && left.length === 0;
  for (const one of folders) leftNothing ? one.putAway() : one.remove();
  const session = parts.session === 0 ? {} : { session: parts.session };
  const base = { ...parts.slot, schema: SCHEMA, startedAt, ...session, took, notes } as const;
  const done = (result: Outcome): Sample => ({
    ...base,
    slotNs: Number(process.hrtime.bigint() - from),
    ...result,
  });
  if (outcome.outcome !== 'ok') return done(outcome);
  if (left.length > 0)
    return done({
      outcome: 'failed',
      phase: 'leak',
      code: 'left-behind',
      message: `left behind: ${named(left)}`,
    });
  return done({ ...outcome, values: { ...outcome.values, ...leakMetrics(left) } });
};
