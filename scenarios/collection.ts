// The part of one image in a collection of a store that also holds other images.
//
// The run's full store has the objects of all its images, so that the time of its collection says as much about the other images. What an
// arm adds is comparable only as a part: of marking, by the files that each kept image needs; of listing and removing, by the files of the
// store. The fixed cost of a store (one listing for each of its folders) is divided like that of the files.
import type { CollectFacts } from '../harness/model/machine.ts';
import { known } from '../harness/model/metrics.ts';
import { medianOf } from '../harness/model/repeated.ts';
import type { Metric, Stage, Values } from '../harness/model/scenario.ts';

/** 1 for a store with one image. Null: the backend does not tell. */
export const imagePart = (
  { prepared: { storedCount }, image, kept }: Pick<Stage, 'prepared' | 'image' | 'kept'>,
  facts: CollectFacts | null,
): number | null => {
  if (kept.length <= 1) return 1;
  if (facts === null) return null;
  const { markNs, sweepNs, keptCount, removedCount } = facts;
  const wholeNs = markNs + sweepNs;
  if (wholeNs === 0) return 1;
  if (storedCount === undefined) return null;
  const own = storedCount(image);
  const marked = kept.reduce((sum, one) => sum + storedCount(one), 0);
  const part = (ns: number, all: number): number => (all === 0 ? ns : (ns * own) / all);
  return (part(markNs, marked) + part(sweepNs, keptCount + removedCount)) / wholeNs;
};

/** Of repeated collections. */
export const partValue = (parts: readonly (number | null)[]): Values => {
  const told = parts.filter((part) => part !== null);
  return known('collectPartRatio', told.length === 0 ? null : medianOf(told));
};

const TIMES = ['collectCpuNs', 'collectUserNs', 'collectSystemNs'];

/** Times of a collection of the full store become those of the image; without a known part only the whole is shown. */
export const ofImage = ({ collectWallNs, ...values }: Values): Values => {
  const part = values['collectPartRatio'];
  const times = Object.entries(values).filter(([name]) => TIMES.includes(name));
  const others = Object.fromEntries(Object.entries(values).filter(([name]) => !TIMES.includes(name)));
  return {
    ...others,
    ...known('collectStoreWallNs', collectWallNs ?? null),
    ...known(
      'collectWallNs',
      part === undefined || collectWallNs === undefined ? null : collectWallNs * part,
    ),
    ...(part === undefined ? {} : Object.fromEntries(times.map(([name, ns]) => [name, ns * part]))),
  };
};

export const collectionMetrics: Readonly<Record<string, Metric>> = {
  // Arms differ in the images that their stores hold.
  collectStoreWallNs: {
    title: 'collect with local=files: wall time for the full store, with all its images',
    better: 'lower',
    noise: 'noisy',
    judged: false,
  },
  collectPartRatio: {
    title: 'part of the image in a collection of the full store, by the files that it needs',
    better: 'lower',
    noise: 'noisy',
    judged: false,
  },
};
