// Shared by the walks: a window around `ls -lR` in the mount of an image.
import type { Mounted, Writable } from '../harness/model/backend.ts';
import type { Stage } from '../harness/model/scenario.ts';
import type { Metric } from '../results/schema/run.ts';
import type { Values } from '../results/schema/shared.ts';

export const walkMetrics: Readonly<Record<string, Metric>> = {
  walkWallNs: { title: 'ls -lR of the whole image', better: 'lower', noise: 'noisy' },
};

export interface WalkSteps {
  /** Between create and mount. */
  prepare?(): Promise<void>;
  /** After the mount, before the window. */
  before?(mounted: Mounted, list: () => Promise<void>, manifest: string): Promise<Values>;
  /** After the window, before the unmount. */
  after?(mounted: Mounted, manifest: string): Values;
  /** Present: mount with a writable upper layer. */
  writable?: Pick<Writable, 'over'>;
}

const writableIn = (stage: Stage, wanted: Pick<Writable, 'over'> | undefined): Writable | undefined =>
  wanted === undefined ? undefined : { ...wanted, upper: stage.folder('upper'), work: stage.folder('work') };

/** overlayfs leaves empty folders in its work folder. */
const emptyWorkFolder = ({ machine }: Stage, work: string): void => {
  for (const name of machine.files.names(work)) machine.files.rmdir(`${work}/${name}`);
};

export const walk = async (stage: Stage, around: WalkSteps): Promise<Values> => {
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

/** The window is the whole walk: its value becomes `walkWallNs`. */
export const nameWalk = ({ useWallNs, ...values }: Values): Values =>
  useWallNs === undefined ? values : { ...values, walkWallNs: useWallNs };
