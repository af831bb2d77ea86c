// The stage that a scenario runs on, one per slot: phases with armed probes, folders, commands, and undo of mounts.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { encodeHistogram } from '../../results/stats/histogram.ts';
import type { Mounted, Prepared, Store } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { LivesAsked, LivesResult } from '../model/lives.ts';
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
  /** Folders of the slot's own store, which are part of its footprint. */
  readonly ownStore: readonly string[];
  readonly kept: readonly Image[];
  readonly prepared: Prepared;
  readonly others: readonly Image[];
  readonly prepare: (image: Image) => Promise<Prepared>;
  readonly folders: SlotFolders;
  readonly crowd: (dirs: readonly string[], local?: 'files') => Promise<OpenCrowd>;
  readonly lives: (home: string, asked: LivesAsked) => Promise<LivesResult>;
  readonly probes: readonly ArmedProbe[];
  readonly cycles: number;
  /** Runs the commands of a cold window once on an empty folder, after the caches were dropped. */
  readonly warmTools: (emptyFolder: string) => Promise<void>;
  readonly inspect: (request: unknown) => Promise<unknown>;
}

export interface OpenStage extends Stage {
  /** The phase that ran last, in which a failure happened. */
  readonly phaseNow: () => Phase | 'prepare';
  readonly took: () => Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly histograms: Readonly<Record<string, string>>;
  /** Detaches all remaining mounts after a failure. Never throws. */
  detach(): void;
  /** Ends threads and removes the file systems of the slot. */
  close(): Promise<void>;
}

const preflight = (machine: Machine, mounted: Mounted): void => {
  const type = machine.mounts.typeAt(mounted.root);
  if (type !== mounted.fsType)
    throw new UserError('the mount has another file system type than the backend', {
      code: 'wrong-mount',
      exit: 5,
      facts: [`at: ${mounted.root}`, `expected: ${mounted.fsType}`, `found: ${type ?? 'no mount'}`],
    });
};

/** Manifests and block images that create wrote below a folder of the slot. */
const imageFiles = (things: string): readonly string[] =>
  readdirSync(things).flatMap((name) =>
    readdirSync(join(things, name))
      .filter((file) => /^image\.\w+$/.test(file))
      .map((file) => join(things, name, file)),
  );

/** Known after objects were ingested with digests. */
const verityTook = (store: Store): Readonly<Record<string, string>> => {
  const { verity } = store.ingested();
  return verity === null ? {} : { verity: verity ? 'enabled for each object' : 'the file system has none' };
};

type Phases = Pick<OpenStage, 'phase' | 'phaseNow'>;

const openPhases = ({ slot, probes }: StageParts): Phases => {
  let phaseNow: Phase | 'prepare' = 'prepare';
  const phase = async <T>(name: Phase, work: () => Promise<T>): Promise<T> => {
    phaseNow = name;
    for (const probe of probes) probe.start(name);
    const result = await work();
    for (let i = probes.length - 1; i >= 0; i--) probes[i]!.stop(name);
    return result;
  };
  return { phase: debugPhases(slot, phase), phaseNow: () => phaseNow };
};

type Resources = Pick<OpenStage, 'fileSystem' | 'storeIn' | 'crowd' | 'lives' | 'close'>;

/** File systems, stores and threads that the scenario asks for. */
const openResources = ({ machine, folders, crowd: openCrowd, lives }: StageParts): Resources => {
  const made: MadeFileSystem[] = [];
  const storeDirs: string[] = [];
  const crowds: OpenCrowd[] = [];
  let livesCount = 0;
  return {
    lives: (asked) => lives(folders.fresh(`lives-${livesCount++}`), asked),
    async fileSystem(type) {
      const fresh = await machine.fileSystem(type, folders.fresh(`file-system-${made.length}`));
      made.push(fresh);
      return fresh;
    },
    storeIn(dirs) {
      const [dir = folders.fresh('store'), ...more] = dirs;
      storeDirs.push(dir, ...more);
      return createStore({ state: 'empty', dir, more, files: machine.files });
    },
    async crowd(count, local) {
      const home = folders.fresh(`crowd-${crowds.length}`);
      const dirs = Array.from({ length: count }, (_, i) => join(home, `member-${i}`));
      const crowd = await openCrowd(dirs, local);
      crowds.push(crowd);
      return crowd;
    },
    async close() {
      for (const crowd of crowds) await crowd.end();
      try {
        // A store on a file system of the slot is removed with that file system.
        for (const dir of storeDirs) if (!made.some(({ root }) => isBelow(dir, root))) folders.dropStore(dir);
        for (const one of made.reverse()) one.remove();
      } catch {
        // The leak check names what stays; the folder of a failed slot is detached lazily.
      }
    },
  };
};

/** Files, inodes and bytes on disk in `dirs` that were not there at the start. */
const footprintOf = (dirs: readonly string[], atStart: Values): Values =>
  Object.fromEntries(
    Object.entries(measureDisk(dirs)).map(([name, value]) => [name, value - (atStart[name] ?? 0)]),
  );

export const openStage = (parts: StageParts): OpenStage => {
  const { slot, machine, store, folders, ownStore } = parts;
  const live = new Set<Mounted>();
  // The folders of a store belong to its set-up, not to the image that is created.
  const atStart: Values = slot.pass === 'count' ? measureDisk(ownStore) : {};
  const notes: string[] = [];
  let took: Readonly<Record<string, string>> = { window: machine.windowKind };
  const histograms: Record<string, string> = {};
  let empty: string | null = null;
  const warmTools = (): Promise<void> => {
    empty ??= folders.fresh('empty');
    return parts.warmTools(empty);
  };
  const { image, kept, prepared, others, prepare, cycles, storeOf, inspect } = parts;
  return {
    ...{ slot, machine, store, image, kept, prepared, others, prepare, cycles, storeOf, inspect, notes },
    ...openPhases(parts),
    ...openResources(parts),
    took: () => ({ ...took, ...verityTook(store) }),
    histograms,
    histogram(name, values) {
      histograms[name] = encodeHistogram(values);
    },
    folder: (name) => folders.fresh(name),
    mounted(mounted) {
      live.add(mounted);
      took = { ...mounted.took, window: machine.windowKind };
      preflight(machine, mounted);
    },
    command: (actor, argv) => machine.command(actor, argv),
    sync() {
      const { ownFileSystem } = prepared;
      const from = process.hrtime.bigint();
      machine.files.syncfs(folders.dir);
      if (ownFileSystem !== undefined) machine.files.syncfs(ownFileSystem);
      return Number(process.hrtime.bigint() - from);
    },
    // Space on another file system is not seen in the folders of the slot.
    footprint: async () =>
      prepared.ownFileSystem === undefined ? footprintOf([...folders.made(), ...ownStore], atStart) : {},
    async dropCaches(next) {
      const sample = [...imageFiles(folders.things), ...coldSample(image, store)];
      notes.push(await makeCold(sample, slot.pass === 'time' || next === 'memory' ? warmTools : null));
    },
    detach() {
      for (const mounted of live)
        try {
          mounted.detach();
        } catch {
          // The leak check names what stays.
        }
    },
  };
};
