// Opens everything that a slot needs before it is measured: folders, stores, machine, probes, prepared images, and the stage of its scenario.
import { closeSync, openSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { hasNoIngest, type Local, type Prepared, type Store } from '../model/backend.ts';
import { type Image, membersOf } from '../model/image.ts';
import type { Inspector } from '../model/inspector.ts';
import type { Features, Machine } from '../model/machine.ts';
import type { ArmedProbe, Probe, Scenario, Slot } from '../model/scenario.ts';
import { createStore, withOwnLayers } from '../store/store.ts';
import { nowNs } from '../sys/clock.ts';
import type { Snapshot } from '../sys/leaks.ts';
import { createMachine } from '../sys/machine.ts';
import type { Arm } from './arm.ts';
import { openCrowd } from './crowd.ts';
import { refuseSame } from './different.ts';
import { keptWith, storeOf } from './image-store.ts';
import type { LeakCheck } from './leak-check.ts';
import { runLives } from './lives.ts';
import { type OpenStage, openStage, type StageParts } from './stage.ts';
import { readIntoCache } from './warm-sources.ts';
import { type SlotFolders, slotName, type Workspace } from './workspace.ts';

export interface SlotParts {
  readonly slot: Slot;
  /** Number of the process within the run, from 0. */
  readonly session: number;
  /** Commands that still run this long after the start of the slot are killed, and the slot fails. */
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
  /** Runs the commands of a cold window once on an empty folder. */
  readonly warmTools: (machine: Machine, emptyFolder: string) => Promise<void>;
}

const COUNTER_BYTES = 4096;

/** Milliseconds until the slot's limit. */
type LeftMs = () => number;

const countDown = (limitNs: number): LeftMs => {
  const untilNs = nowNs() + limitNs;
  return () => Math.max(1, Math.ceil((untilNs - nowNs()) / 1e6));
};

/** A backend may start a server when it prepares an image, before any probe is armed. */
interface EarlyServer {
  readonly actor: string;
  readonly pid: number;
  readonly exited: (limitMs: number) => boolean;
}

/** What the slot started so far: `early` collects its servers for probes that are armed later. */
interface Watchers {
  readonly armed: readonly ArmedProbe[];
  readonly early: EarlyServer[];
}

const machineOf = (parts: SlotParts, { armed, early }: Watchers, leftMs: LeftMs): Machine => {
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
    serverStarted: (actor: string, { pid, exited }: Omit<EarlyServer, 'actor'>) => {
      early.push({ actor, pid, exited });
      for (const probe of armed) probe.serverStarted?.(actor, pid);
    },
  };
  return createMachine(parts.features, {
    scratch: parts.workspace.scratch,
    workDir: parts.workspace.dir,
    hooks,
    requestCounters,
    commandLimitMs: leftMs,
  });
};

/** The image is set up for scenarios without this parameter. */
const localOf = ({ slot }: Pick<SlotParts, 'slot'>): Local =>
  (slot.params['local'] as Local | undefined) ?? 'image';

/** A store for each life, created before anything is measured. */
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

/** Lives in the slot. */
export const cyclesOf = ({
  slot,
  scenario,
  lives,
  arm,
}: Pick<SlotParts, 'slot' | 'scenario' | 'lives' | 'arm'>): number =>
  slot.pass === 'count' ? 1 : scenario.cycles(slot.params, lives, arm.backend);

/** Contents arrive in timed windows that are not cold. */
const isBroughtInWarm = ({ slot, scenario }: SlotParts): boolean =>
  slot.pass === 'time' && scenario.cache === 'warm' && localOf({ slot }) !== 'image';

/** The folder of the slot, and a sibling for each further store, which the file system places elsewhere on the disk. */
const folderNames = (parts: SlotParts): readonly string[] => {
  const name = slotName(parts.workspace.tag, parts.slot.seq);
  const more = localOf(parts) === 'nothing' ? cyclesOf(parts) - 1 : 0;
  return [name, ...Array.from({ length: more }, (_, i) => `${name}-${i + 1}`)];
};

const crowdOf =
  (
    { crowdEntry, arm, image, features, workspace, slot }: SlotParts,
    machine: Machine,
    leftMs: LeftMs,
  ): StageParts['crowd'] =>
  (dirs, local) =>
    openCrowd({
      entry: crowdEntry,
      arm,
      image,
      features,
      local: local ?? (localOf({ slot }) === 'files' ? 'files' : 'nothing'),
      fullDir: image.family?.storeDir ?? workspace.store,
      scratch: workspace.scratch,
      workDir: workspace.dir,
      limitMs: leftMs,
      abort: () => machine.servers.abort(),
      dirs,
    });

const livesOf =
  (parts: SlotParts, machine: Machine, leftMs: LeftMs): StageParts['lives'] =>
  (home, asked) => {
    const { arm, image, others, fullStore, workspace } = parts;
    const members = membersOf(image);
    const images = members.length > 0 ? members : [image, ...others];
    const store = storeOf(image, fullStore, machine);
    return runLives(
      { arm, machine, images, store, home, scratch: workspace.scratch, limitMs: leftMs },
      asked,
    );
  };

/** The opened parts of a slot so far, also of one that fails. */
export interface OpenSlot {
  readonly folders: SlotFolders[];
  readonly armed: ArmedProbe[];
  readonly prepared: Prepared[];
  stage: OpenStage | null;
  /** Null until its folders are complete. */
  before: readonly Snapshot[] | null;
}

/** Each probe learns at once of the servers that run already. */
const armProbes = async (
  { probes, slot, workspace: { scratch } }: SlotParts,
  machine: Machine,
  { armed, early }: Watchers & { readonly armed: ArmedProbe[] },
): Promise<void> => {
  for (const probe of probes) {
    if (probe.arm === undefined) continue;
    const ready = await probe.arm({ machine, slot, scratch });
    armed.push(ready);
    for (const { actor, pid, exited } of early) if (!exited(0)) ready.serverStarted?.(actor, pid);
  }
};

/** Also opens folders, probes and prepared images, one after the other, and records each in `open`. */
export const openStageOf = async (
  parts: SlotParts,
  { folders: all, armed, prepared }: OpenSlot,
): Promise<OpenStage> => {
  const { slot, image, others, arm, workspace } = parts;
  for (const name of folderNames(parts)) all.push(workspace.slot(name));
  const folders = all[0]!;
  refuseSame([image, ...others]);
  const leftMs = countDown(parts.limitNs);
  const watchers = { armed, early: [] };
  const machine = machineOf(parts, watchers, leftMs);
  const fullStore = storeOf(image, parts.fullStore, machine);
  const stores = storesOf({ ...parts, fullStore }, machine, all);
  const store = stores[0]!;
  const prepare = async (one: Image): Promise<Prepared> => {
    const ready = await arm.backend.prepare(one, machine, arm.options);
    prepared.push(ready);
    if (isBroughtInWarm(parts) && one.family === undefined)
      readIntoCache(ready.sources?.(store) ?? (localOf(parts) === 'nothing' ? [one.packPath] : []));
    return ready;
  };
  const first = await prepare(image);
  await armProbes(parts, machine, watchers);
  return openStage({
    slot,
    image,
    others,
    prepare,
    machine,
    store,
    storeOf: (cycle) => stores[cycle] ?? store,
    ownStore: localOf(parts) === 'image' ? [] : [folders.store],
    kept: localOf(parts) === 'nothing' ? [] : keptWith(image, parts.images),
    prepared: first,
    folders,
    crowd: crowdOf(parts, machine, leftMs),
    lives: livesOf(parts, machine, leftMs),
    probes: armed,
    cycles: cyclesOf(parts),
    warmTools: (empty) => parts.warmTools(machine, empty),
    inspect: (request) =>
      parts.inspector.inspect(request, { ms: leftMs(), beforeKill: () => machine.servers.abort() }),
  });
};
