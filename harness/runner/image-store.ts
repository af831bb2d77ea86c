// The full store of an image: that of its family, or the run's.
import type { Store } from '../model/backend.ts';
import { type Image, membersOf } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';
import { createStore } from '../store/store.ts';

export const storeOf = ({ family }: Image, fullStore: Store, { files }: Pick<Machine, 'files'>): Store =>
  family === undefined ? fullStore : createStore({ state: 'full', dir: family.storeDir, files });

/** All images whose objects are in the full store of `image`; `images`: those of the run. */
export const keptWith = ({ family }: Image, images: readonly Image[]): readonly Image[] =>
  family === undefined ? images.filter((one) => one.family === undefined) : membersOf({ family });
