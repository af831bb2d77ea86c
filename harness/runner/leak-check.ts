// Leaks of a slot: mounts, loop devices, processes and files that exist after it and not before, by name.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Metric } from '../../results/schema/run.ts';
import { fromBytes, show } from '../model/bytes.ts';
import type { Values } from '../model/scenario.ts';
import { diff, type Snapshot, snapshotFiles, takeSnapshot } from '../sys/leaks.ts';
import type { SlotFolders, Workspace } from './workspace.ts';

const left = (things: string): Metric => ({
  title: `${things} left behind`,
  better: 'lower',
  noise: 'exact',
});

export const leakCountMetrics: Readonly<Record<string, Metric>> = {
  leftMountCount: left('mounts'),
  leftLoopCount: left('loop devices'),
  leftProcessCount: left('processes'),
  leftFileCount: left('files'),
};

/** The values of a slot that was checked: one that leaves something fails, and has no values. */
export const NOTHING_LEFT: Values = Object.fromEntries(Object.keys(leakCountMetrics).map((id) => [id, 0]));

export interface LeakCheck {
  /** Snapshots of the slot's folders before the scenario runs. */
  before(folders: readonly SlotFolders[]): readonly Snapshot[];
  /** Everything new since then; of a slot that failed, without folders, not the files in them. Each leak is reported once. */
  after(folders: readonly SlotFolders[], before: readonly Snapshot[]): readonly string[];
}

/** The run's full store, and those of its families beside it. */
const storesOf = ({ dir, store }: Workspace): readonly string[] =>
  readdirSync(dir)
    .map((name) => join(dir, name))
    .filter((path) => path.startsWith(store));

/** `ownChild`: a process of the run that may start and end at any time. */
export const openLeakCheck = (
  workspace: Workspace,
  ownPidNamespace: boolean,
  ownChild: () => number | null = () => null,
): LeakCheck => {
  const everything = (): Snapshot =>
    takeSnapshot({
      folder: workspace.dir,
      ownPidNamespace,
      ownChild: ownChild(),
      ignored: [
        ...storesOf(workspace),
        workspace.sources,
        workspace.scratch,
        workspace.slots,
        workspace.later,
      ],
    });
  // `everything` covers mounts, loop devices and processes; folders of slots need their files only.
  const own = (folders: readonly SlotFolders[]): readonly Snapshot[] =>
    folders.map(({ dir }) => snapshotFiles(dir));
  let known = everything();
  return {
    before: own,
    after(folders, before) {
      const now = everything();
      // A set: a slot of many mounts has thousands of folders.
      const made = new Set(
        folders.flatMap((one) => one.made().map((path) => `file: ${show(fromBytes(Buffer.from(path)))}`)),
      );
      const inFolders = own(folders).flatMap((after, i) => diff(before[i]!, after));
      const left = [...new Set([...diff(known, now), ...inFolders])].filter((thing) => !made.has(thing));
      known = now;
      return left;
    },
  };
};
