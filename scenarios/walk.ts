// What the walks have in common: an image that is there, one window around `ls -lR` in its mount.
import type { Stage } from '../harness/model/scenario.ts';
import type { Metric, Values } from '../results/schema/run.ts';

export const walkMetrics: Readonly<Record<string, Metric>> = {
  walkWallNs: { title: 'ls -lR of the whole image', better: 'lower', noise: 'noisy' },
};

/** `prepare` runs before the mount, `warm` inside it before the window. */
export const walk = async (
  stage: Stage,
  around: { prepare(): Promise<void>; warm(list: () => Promise<void>): Promise<void> },
): Promise<Values> => {
  const at = stage.folder('mount');
  const created = await stage.prepared.create(stage.store, stage.folder('image'));
  stage.sync();
  await around.prepare();
  const mounted = await created.mount(at);
  stage.mounted(mounted);
  const list = () => stage.command('ls', ['ls', '-lR', mounted.root]);
  await around.warm(list);
  for (let cycle = 0; cycle < stage.cycles; cycle++) await stage.phase('use', list);
  await mounted.unmount();
  await mounted.settle();
  await created.destroy();
  return {};
};

/** The window is the whole result, so it takes its own name. */
export const nameWalk = ({ useWallNs, ...values }: Values): Values =>
  useWallNs === undefined ? values : { ...values, walkWallNs: useWallNs };
