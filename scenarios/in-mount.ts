// Shared by scenarios that use one mount cold and then once warm.
import type { Mounted } from '../harness/model/backend.ts';
import type { Meters } from '../harness/model/meters.ts';
import type { Stage, Values } from '../harness/model/scenario.ts';

export const elapsed = async (work: () => Promise<void>): Promise<number> => {
  const from = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - from);
};

/**
 * As the wall clock of a phase: of work that consists of call lists only, the sum of their own clock readings. Of other work the time from
 * `fromNs` on, by default its begin.
 */
export const windowed = async (
  meters: Pick<Meters, 'windows'>,
  work: () => Promise<void>,
  fromNs?: bigint,
): Promise<number> => {
  const before = meters.windows();
  const from = fromNs ?? process.hrtime.bigint();
  await work();
  const wallNs = Number(process.hrtime.bigint() - from);
  const { ns, count, outsideCount } = meters.windows();
  return count > before.count && outsideCount === before.outsideCount ? ns - before.ns : wallNs;
};

/** `tools` runs the programs of the window after caches are dropped and before the mount, so that the window does not load them. */
export const coldMount = async (
  stage: Stage,
  tools: () => Promise<void>,
  use: (mounted: Mounted) => Promise<Values>,
  /** Suffix of folder names, for several mounts in one slot. */
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
