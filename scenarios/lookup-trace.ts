// Counts name lookups in the object store during a walk of the mount, and while one file of each object is opened. The store is on an
// XFS of its own, whose counters count them.
//
// Reads:  xs_dir_lookup of that file system alone, /sys/fs/xfs/DEVICE/stats/stats: names looked up in its directories. Caches are
//         dropped before each, so that the dentry cache answers no lookup.
// Source: fs/xfs/xfs_stats.h; Documentation/admin-guide/xfs.rst.
import type { PathState } from '../harness/inspect/requests.ts';
import type { Scenario, Stage } from '../harness/model/scenario.ts';
import { S_IFMT, S_IFREG } from '../harness/model/tree.ts';
import { inspect } from './inspect.ts';
import { DROPPED_CACHES, LS } from './needs.ts';
import { SMALL } from './versions.ts';

const PLAIN = /^[\x21-\x7e]+$/;

/** First plain name of every object. */
const filesToOpen = (stage: Stage): readonly string[] => {
  const { tree } = stage.image;
  const seen = new Map<string, string>();
  for (let index = 1; index < tree.count; index++) {
    const { mode, size, content, digest } = tree.entry(index);
    const path = tree.path(index);
    if ((mode & S_IFMT) === S_IFREG && size > 0n && content === null && digest !== null && PLAIN.test(path))
      if (!seen.has(digest)) seen.set(digest, path);
  }
  return [...seen.values()];
};

const count = (title: string) => ({ title, better: 'lower', noise: 'noisy' }) as const;

export const scenario: Scenario = {
  id: 'lookup-trace',
  question: 'Does listing every entry cause lookups in the object store?',
  cache: 'cold',
  reproduce:
    'objects on an XFS of their own; xs_dir_lookup before and after ls -lR, and before and after opening one file of each object',
  headline: ['walkLookupCount', 'openLookupCount'],
  ownSection: true,
  needs: [{ title: 'XFS on a loop file', anyOf: ['xfs-loop'] }, DROPPED_CACHES, LS],
  params: [{}],
  passes: ['count'],
  inspects: true,
  only: ['composefs-fuse', 'erofs-overlay'],
  source: () => SMALL,
  cycles: () => 1,
  metrics: {
    openedFileCount: {
      title: 'files opened, one per object',
      better: 'lower',
      noise: 'exact',
    },
    walkLookupCount: count('names looked up in the object store by ls -lR'),
    openLookupCount: count('names looked up in the object store by opening one file of each object'),
  },
  roughNs: (size) => 7e8 + size.entryCount * 1e5,
  async run(stage) {
    const xfs = await stage.fileSystem('xfs');
    const store = stage.storeIn([`${xfs.root}/store`]);
    await stage.prepared.ingest(store);
    const created = await stage.prepared.create(store, stage.folder('image'));
    const at = stage.folder('mount');
    const lookups = async (work: (root: string) => Promise<unknown>): Promise<number> => {
      await stage.dropCaches();
      const mounted = await created.mount(at);
      stage.mounted(mounted);
      const before = xfs.lookupCount()!;
      await work(mounted.root);
      const after = xfs.lookupCount()!;
      await mounted.unmount();
      await mounted.settle();
      return after - before;
    };
    const walkLookupCount = await lookups((root) => stage.command('ls', ['ls', '-lR', root]));
    const paths = filesToOpen(stage);
    const openLookupCount = await lookups((root) =>
      inspect<readonly PathState[]>(stage, { kind: 'path-states', paths: paths.map((path) => root + path) }),
    );
    await created.destroy();
    await stage.prepared.collect(store, []);
    return { openedFileCount: paths.length, walkLookupCount, openLookupCount };
  },
  derive: (values) => values,
};
