// All that a scenario gets, one per slot: phases under armed probes, folders, commands, and an undo for what it mounts.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Mounted, Prepared, Store } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Machine, MadeFileSystem } from '../model/machine.ts';
import type { ArmedProbe, Phase, Slot, Stage, Values } from '../model/scenario.ts';
import { measureDisk } from '../probes/disk.ts';
import { createStore } from '../store/store.ts';
import { debugPhases } from '../sys/debug.ts';
import { isBelow } from '../sys/mountinfo.ts';
import { makeCold } from './cold.ts';
import { coldSample } from './cold-sample.ts';
import type { OpenCrowd } from './crowd.ts';
import type { SlotFolders } from './workspace.ts';

export interface StageParts {
  readonly slot: Slot;
  readonly image: Image;
  readonly machine: Machine;
  readonly store: Store;
  readonly storeOf: (cycle: number) => Store;
  /** Folders of the slot's own store: part of its footprint. */
  readonly ownStore: readonly string[];
  readonly kept: readonly Image[];
  readonly prepared: Prepared;
  readonly others: readonly Image[];
  readonly prepare: (image: Image) => Promise<Prepared>;
  readonly folders: SlotFolders;
  readonly crowd: (dirs: readonly string[]) => Promise<OpenCrowd>;
  readonly probes: readonly ArmedProbe[];
  readonly cycles: number;
  /** Commands that a cold window will need, run once on an empty folder after the caches were dropped. */
  readonly warmTools: (emptyFolder: string) => Promise<void>;
  readonly inspect: (request: unknown) => Promise<unknown>;
}

export interface OpenStage extends Stage {
  /** The phase that ran last: where a failure happened. */
  readonly phaseNow: () => Phase | 'prepare';
  readonly took: () => Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  /** After a failure: takes down whatever is still mounted. Never throws. */
  detach(): void;
  /** Ends threads and takes down the file systems that were made for the slot, whether it failed or not. */
  end(): Promise<void>;
}

const preflight = (machine: Machine, mounted: Mounted): void => {
  const type = machine.mounts.typeAt(mounted.root);
  if (type !== mounted.fsType)
    throw new UserError('the mount under test is not the backend under test', {
      code: 'wrong-mount',
      exit: 5,
      facts: [`at: ${mounted.root}`, `expected: ${mounted.fsType}`, `found: ${type ?? 'no mount'}`],
    });
};

/** Manifests and block images that create left below a folder of the slot. */
const imageFiles = (things: string): readonly string[] =>
  readdirSync(things).flatMap((name) =>
    readdirSync(join(things, name))
      .filter((file) => /^image\.\w+$/.test(file))
      .map((file) => join(things, name, file)),
  );

/** Known once objects were digested on their way in. */
const verityTook = (store: Store): Readonly<Record<string, string>> => {
  const { verity } = store.ingested();
  return verity === null ? {} : { verity: verity ? 'enabled for each object' : 'the file system has none' };
};

export const openStage = (parts: StageParts): OpenStage => {
  const { slot, machine, store, folders, probes } = parts;
  const live = new Set<Mounted>();
  const made: MadeFileSystem[] = [];
  const ownDirs: string[] = [];
  const crowds: OpenCrowd[] = [];
  let empty: string | null = null;
  const { ownStore } = parts;
  // A store's folders are part of setting it up, not of creating an image.
  const atStart: Values = slot.pass === 'count' ? measureDisk(ownStore) : {};
  const notes: string[] = [];
  let took: Readonly<Record<string, string>> = { window: machine.windowKind };
  let phaseNow: Phase | 'prepare' = 'prepare';
  const window = async <T>(name: Phase, work: () => Promise<T>): Promise<T> => {
    phaseNow = name;
    for (const probe of probes) probe.start(name);
    const result = await work();
    for (let i = probes.length - 1; i >= 0; i--) probes[i]!.stop(name);
    return result;
  };
  const warmTools = (): Promise<void> => {
    empty ??= folders.fresh('empty');
    return parts.warmTools(empty);
  };
  return {
    slot,
    image: parts.image,
    machine,
    store,
    kept: parts.kept,
    prepared: parts.prepared,
    others: parts.others,
    prepare: parts.prepare,
    cycles: parts.cycles,
    storeOf: parts.storeOf,
    notes,
    phaseNow: () => phaseNow,
    took: () => ({ ...took, ...verityTook(store) }),
    folder: (name) => folders.fresh(name),
    phase: debugPhases(slot, window),
    mounted(mounted) {
      live.add(mounted);
      took = { ...mounted.took, window: machine.windowKind };
      preflight(machine, mounted);
    },
    command: (actor, argv) => machine.command(actor, argv),
    inspect: parts.inspect,
    sync() {
      const { ownFileSystem } = parts.prepared;
      const from = process.hrtime.bigint();
      machine.files.syncfs(folders.dir);
      if (ownFileSystem !== undefined) machine.files.syncfs(ownFileSystem);
      return Number(process.hrtime.bigint() - from);
    },
    async footprint(): Promise<Values> {
      const now = measureDisk([...folders.made(), ...ownStore]);
      return Object.fromEntries(
        Object.entries(now).map(([name, value]) => [name, value - (atStart[name] ?? 0)]),
      );
    },
    async fileSystem(type) {
      const fresh = await machine.fileSystem(type, folders.fresh(`file-system-${made.length}`));
      made.push(fresh);
      return fresh;
    },
    storeIn(dirs) {
      const [dir = folders.fresh('store'), ...more] = dirs;
      ownDirs.push(dir, ...more);
      return createStore({ state: 'empty', dir, more, files: machine.files });
    },
    async crowd(count) {
      const home = folders.fresh(`crowd-${crowds.length}`);
      const crowd = await parts.crowd(Array.from({ length: count }, (_, i) => join(home, `member-${i}`)));
      crowds.push(crowd);
      return crowd;
    },
    async dropCaches() {
      const manifests = imageFiles(folders.things);
      const sample = [...manifests, ...coldSample(parts.image, store)];
      notes.push(await makeCold(sample, slot.pass === 'time' ? warmTools : null));
    },
    detach() {
      for (const mounted of live) mounted.detach();
    },
    async end() {
      for (const crowd of crowds) await crowd.end();
      try {
        // What lies on a file system of the slot's own goes with it.
        for (const dir of ownDirs) if (!made.some(({ root }) => isBelow(dir, root))) folders.dropStore(dir);
        for (const one of made.reverse()) one.remove();
      } catch {
        // What stays is named by the leak check, or goes lazily with the folder of a slot that failed.
      }
    },
  };
};
