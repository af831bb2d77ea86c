// After every slot: what is there now that was not there before, by name.
import type { Metric } from '../../results/schema/run.ts';
import { fromBytes, show } from '../model/bytes.ts';
import type { Values } from '../model/scenario.ts';
import { diff, type Snapshot, snapshotFiles, takeSnapshot } from '../sys/leaks.ts';
import type { SlotFolders, Workspace } from './workspace.ts';

const KINDS: readonly (readonly [prefix: string, metric: string, title: string])[] = [
  ['mount: ', 'leftMountCount', 'mounts left behind'],
  ['loop device: ', 'leftLoopCount', 'loop devices left behind'],
  ['process: ', 'leftProcessCount', 'processes left behind'],
  ['file: ', 'leftFileCount', 'files left behind'],
];

export const leakCountMetrics: Readonly<Record<string, Metric>> = Object.fromEntries(
  KINDS.map(([, metric, title]) => [metric, { title, better: 'lower', noise: 'exact' }]),
);

export const leakMetrics = (left: readonly string[]): Values =>
  Object.fromEntries(
    KINDS.map(([prefix, metric]) => [metric, left.filter((thing) => thing.startsWith(prefix)).length]),
  );

export interface LeakCheck {
  /** Each of the slot's folders as it is before the scenario runs. */
  before(folders: readonly SlotFolders[]): readonly Snapshot[];
  /** Everything new since; each thing is named once and then taken as known. */
  after(folders: readonly SlotFolders[], before: readonly Snapshot[]): readonly string[];
}

/** `ownChild`: a process of the run itself that may come and go. */
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
      ignored: [workspace.store, workspace.sources, workspace.scratch, workspace.slots, workspace.later],
    });
  // Mounts, loop devices and processes are looked at in one place, for all folders.
  const own = (folders: readonly SlotFolders[]): readonly Snapshot[] =>
    folders.map(({ dir }) => snapshotFiles(dir));
  let known = everything();
  return {
    before: own,
    after(folders, before) {
      const now = everything();
      // A slot of many mounts has folders by the thousand.
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
