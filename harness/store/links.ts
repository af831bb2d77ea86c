import type { Tree } from '../model/tree.ts';

/** Indexes of the inodes with more than one name. A described link count may count names outside the tree. */
export const sharedInodes = (tree: Tree): Set<number> => {
  const shared = new Set<number>();
  for (let index = 0; index < tree.count; index++) {
    const { link } = tree.entry(index);
    if (link !== null) shared.add(link);
  }
  return shared;
};
