// What the walks have in common: an image that is there, one window around `ls -lR` in its mount.
import type { Mounted, Writable } from '../harness/model/backend.ts';
import type { Stage } from '../harness/model/scenario.ts';
import type { Metric, Values } from '../results/schema/run.ts';

export const walkMetrics: Readonly<Record<string, Metric>> = {
  walkWallNs: { title: 'ls -lR of the whole image', better: 'lower', noise: 'noisy' },
};

export interface Around {
  /** After create, before the mount. */
  prepare?(): Promise<void>;
  /** Inside the mount, before the window. */
  before?(mounted: Mounted, list: () => Promise<void>, manifest: string): Promise<Values>;
  /** While it is still mounted, after the window. */
  after?(mounted: Mounted, manifest: string): Values;
  /** Mounted for a container that writes. */
  writable?: Pick<Writable, 'over'>;
}

const writableIn = (stage: Stage, wanted: Pick<Writable, 'over'> | undefined): Writable | undefined =>
  wanted === undefined ? undefined : { ...wanted, upper: stage.folder('upper'), work: stage.folder('work') };

/** overlayfs leaves empty folders of its own there. */
export const emptyWorkFolder = ({ machine }: Stage, work: string): void => {
  for (const name of machine.files.names(work)) machine.files.rmdir(`${work}/${name}`);
};

export const walk = async (stage: Stage, around: Around): Promise<Values> => {
  const at = stage.folder('mount');
  const image = stage.folder('image');
  const manifest = `${image}/image.cfs`;
  const writable = writableIn(stage, around.writable);
  const created = await stage.prepared.create(stage.store, image);
  stage.sync();
  await around.prepare?.();
  const mounted = await created.mount(at, writable);
  stage.mounted(mounted);
  const list = () => stage.command('ls', ['ls', '-lR', mounted.root]);
  const before = await around.before?.(mounted, list, manifest);
  for (let cycle = 0; cycle < stage.cycles; cycle++) await stage.phase('use', list);
  const after = around.after?.(mounted, manifest);
  await mounted.unmount();
  await mounted.settle();
  if (writable !== undefined) emptyWorkFolder(stage, writable.work);
  await created.destroy();
  return { ...before, ...after };
};

/** The window is the whole result, so it takes its own name. */
export const nameWalk = ({ useWallNs, ...values }: Values): Values =>
  useWallNs === undefined ? values : { ...values, walkWallNs: useWallNs };
