// What scenarios have in common that look at one mount cold, and then once more warm.
import type { Mounted } from '../harness/model/backend.ts';
import type { Stage, Values } from '../harness/model/scenario.ts';

export const elapsed = async (work: () => Promise<void>): Promise<number> => {
  const from = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - from);
};

/** `tools`: run once after the caches were dropped and before the mount, so that no program of ours is read inside the window. */
export const coldMount = async (
  stage: Stage,
  tools: () => Promise<void>,
  use: (mounted: Mounted) => Promise<Values>,
  /** Tells the folders of one look from those of another in the same slot. */
  name = '',
): Promise<Values> => {
  const at = stage.folder(`mount${name}`);
  const created = await stage.prepared.create(stage.store, stage.folder(`image${name}`));
  stage.sync();
  await stage.dropCaches();
  await tools();
  const mounted = await created.mount(at);
  stage.mounted(mounted);
  const values = await use(mounted);
  await mounted.unmount();
  await mounted.settle();
  await created.destroy();
  return values;
};
