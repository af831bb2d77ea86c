// Families that several scenarios measure, so that each is prepared once.
import type { Created, Prepared, Store } from '../harness/model/backend.ts';
import { UserError } from '../harness/model/errors.ts';
import type { Family, Image } from '../harness/model/image.ts';
import type { Params, Stage } from '../harness/model/scenario.ts';
import { checkRoom, type LiveMount } from './live-mounts.ts';

/** Enough for the largest number of images and a tenth more, which are new versions. */
const SOURCES: Readonly<Record<string, string>> = {
  certs: 'family:base=fixture:debian-12-certs,count=22,app=20..40,shared=0.5,seed=1',
  base: 'family:base=fixture:debian-12-base,count=1100,app=20..60,shared=0.5,seed=1',
};

export const familySource = ({ base }: Params): string => SOURCES[String(base)]!;

/** The family of the slot's image, which must have a base and `count` members. */
export const familyOf = ({ image }: Stage, count: number): Family & { readonly base: Image } => {
  const { family } = image;
  if (family?.base == null) throw new UserError('the image is not a family with a base', { code: 'skip' });
  if (family.members.length < count)
    throw new UserError(`the family has ${family.members.length} images, ${count} are needed`, {
      code: 'skip',
    });
  return { ...family, base: family.base };
};

/** Name of the folder of the root that every member adds. */
export const appFolder = (image: Image, { tree }: Image): string => {
  const names = image.tree.children(0).map((index) => image.tree.entry(index).name);
  return names.find((name) => tree.child(0, name) === undefined)!;
};

/** The slot's store for images that are alive together. */
export const sharedStore = ({ store }: Stage): Store => ({ ...store, isShared: true });

export interface SetUpImage {
  readonly image: Image;
  readonly prepared: Prepared;
  readonly created: Created;
  readonly at: string;
}

/** Ingest and create of members, in the order of their numbers. */
export const setUp = async (
  stage: Stage,
  store: Store,
  [from, to]: readonly [number, number],
): Promise<readonly SetUpImage[]> => {
  const family = familyOf(stage, to);
  const all: SetUpImage[] = [];
  for (let i = from; i < to; i++) {
    const image = family.image(i);
    const prepared = await stage.prepare(image);
    await prepared.ingest(store);
    const created = await prepared.create(store, stage.folder(`image-${i}`));
    all.push({ image, prepared, created, at: stage.folder(`mount-${i}`) });
  }
  return all;
};

export const mountAll = async (stage: Stage, all: readonly SetUpImage[]): Promise<readonly LiveMount[]> => {
  const live: LiveMount[] = [];
  for (const { created, at } of all) {
    const mounted = await created.mount(at);
    live.push({ created, mounted });
    stage.mounted(mounted);
    checkRoom(stage, live, all.length);
  }
  return live;
};

/** Destroys images and empties their store. */
export const removeAll = async (store: Store, all: readonly SetUpImage[]): Promise<void> => {
  for (const { created } of all) await created.destroy();
  await all[0]!.prepared.collect(store, []);
};
