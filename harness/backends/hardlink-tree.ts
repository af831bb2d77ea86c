// The lifecycle of hard-link checkouts, which differ in how the tree of links is made and removed.
import { join } from 'node:path';
import type { Prepared } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';
import {
  collectLinkStore,
  collectUnlinked,
  fillLinkStore,
  linkCountOf,
  linkStoresOf,
  NOT_WRITABLE,
  tarsOf,
} from './checkout.ts';
import { bindMount } from './kernel-mount.ts';
import { refuseDigested, refuseWritable } from './refuse.ts';

interface LinkWays {
  link(root: string, linkStores: readonly string[]): Promise<void>;
  remove(root: string): Promise<void>;
}

export const hardlinkLifecycle = (image: Image, machine: Machine, { link, remove }: LinkWays): Prepared => ({
  // With a full store only the tree is unpacked; the look-up has read the inodes of its link store.
  sources: ({ state }) => {
    const { linkStore, tree } = tarsOf(image);
    return state === 'empty' ? [linkStore, tree] : [tree];
  },
  async ingest(store, how) {
    refuseDigested(how);
    await fillLinkStore(machine, image, linkStoresOf(store));
  },
  async create(store, dir) {
    const root = join(dir, 'root');
    await link(root, linkStoresOf(store));
    return {
      async mount(at, writable) {
        refuseWritable(writable, NOT_WRITABLE);
        return bindMount(machine, { folder: root, at });
      },
      destroy: () => remove(root),
    };
  },
  async collect(store, keep) {
    const dirs = linkStoresOf(store);
    if (store.isShared === true && keep.length > 0) return collectUnlinked(machine, dirs);
    return collectLinkStore(machine, dirs, keep);
  },
  storedCount: linkCountOf,
});
