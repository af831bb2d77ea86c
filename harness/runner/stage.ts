// All that a scenario gets, one per slot: phases under armed probes, folders, commands, and an undo for what it mounts.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Mounted, Prepared, Store } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';
import type { ArmedProbe, Phase, Slot, Stage, Values } from '../model/scenario.ts';
import { measureDisk } from '../probes/disk.ts';
import { makeCold } from './cold.ts';
import { coldSample } from './cold-sample.ts';
import type { SlotFolders } from './workspace.ts';

export interface StageParts {
  readonly slot: Slot;
  readonly image: Image;
  readonly machine: Machine;
  readonly store: Store;
  readonly storeOf: (cycle: number) => Store;
  readonly kept: readonly Image[];
  readonly prepared: Prepared;
  readonly others: readonly Image[];
  readonly prepare: (image: Image) => Promise<Prepared>;
  readonly folders: SlotFolders;
  readonly probes: readonly ArmedProbe[];
  readonly cycles: number;
  /** Commands that a cold window will need, run once on an empty folder after the caches were dropped. */
  readonly warmTools: (emptyFolder: string) => Promise<void>;
}

export interface OpenStage extends Stage {
  /** The phase that ran last: where a failure happened. */
  readonly phaseNow: () => Phase | 'prepare';
  readonly took: () => Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  /** After a failure: takes down whatever is still mounted. Never throws. */
  abandon(): void;
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

/** Once is not enough after a busy phase: with four, mount and unmount took 378 to 404 us instead of 406 to 437. */
const REHEARSALS = 4;

export const openStage = (parts: StageParts): OpenStage => {
  const { slot, machine, store, folders, probes } = parts;
  const live = new Set<Mounted>();
  const ownStore = store.state === 'empty' ? [store.layerDir, ...store.objectDirs] : [];
  // A store's folders are part of setting it up, not of creating an image.
  const atStart: Values = slot.pass === 'count' ? measureDisk(ownStore) : {};
  const notes: string[] = [];
  let took: Readonly<Record<string, string>> = {};
  let phaseNow: Phase | 'prepare' = 'prepare';
  const window = async <T>(name: Phase, work: () => Promise<T>): Promise<T> => {
    phaseNow = name;
    if (name === 'mount' || name === 'unmount')
      for (let i = 0; i < REHEARSALS; i++) machine.mounts.rehearse(name);
    for (const probe of probes) probe.start(name);
    const result = await work();
    for (let i = probes.length - 1; i >= 0; i--) probes[i]!.stop(name);
    return result;
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
    took: () => took,
    folder: (name) => folders.fresh(name),
    phase: window,
    mounted(mounted) {
      live.add(mounted);
      took = mounted.took;
      preflight(machine, mounted);
    },
    command: (actor, argv) => machine.command(actor, argv),
    sync() {
      const from = process.hrtime.bigint();
      machine.files.syncfs(folders.dir);
      return Number(process.hrtime.bigint() - from);
    },
    async footprint(): Promise<Values> {
      const now = measureDisk([...folders.made(), ...ownStore]);
      return Object.fromEntries(
        Object.entries(now).map(([name, value]) => [name, value - (atStart[name] ?? 0)]),
      );
    },
    async dropCaches() {
      const manifests = readdirSync(folders.things).map((name) => join(folders.things, name, 'image.cfs'));
      notes.push(
        makeCold([...manifests, ...coldSample(parts.image, store)].filter((path) => existsSync(path))),
      );
      await parts.warmTools(folders.fresh('empty'));
    },
    abandon() {
      for (const mounted of live) mounted.abandon();
    },
  };
};
