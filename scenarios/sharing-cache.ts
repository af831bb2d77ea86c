// Two versions of one image, every file that both have read through both mounts: how often is it in memory?
//
// Physical pages are told apart by their frame numbers, so that what is shared is counted once whatever it is shared by.
import type { SharedPages } from '../harness/inspect/requests.ts';
import type { Mounted, Prepared } from '../harness/model/backend.ts';
import type { Image } from '../harness/model/image.ts';
import type { Scenario, Stage } from '../harness/model/scenario.ts';
import { inspect } from './inspect.ts';
import { alikePageCount, firstVersion, laterVersions, sharedPairs } from './versions.ts';

const BLOCK_IMAGE = /^image\.(erofs|squashfs)$/;

interface Open {
  readonly mounted: Mounted;
  readonly backing: readonly string[];
  close(): Promise<void>;
}

const ready = async (stage: Stage, prepared: Prepared, name: string) => {
  await prepared.ingest(stage.store);
  const dir = stage.folder(`image-${name}`);
  const created = await prepared.create(stage.store, dir);
  const at = stage.folder(`mount-${name}`);
  return async (): Promise<Open> => {
    const mounted = await created.mount(at);
    stage.mounted(mounted);
    const files = stage.machine.files.names(dir).filter((file) => BLOCK_IMAGE.test(file));
    return {
      mounted,
      backing: files.map((file) => `${dir}/${file}`),
      async close() {
        await mounted.unmount();
        await mounted.settle();
        await created.destroy();
      },
    };
  };
};

const sharing = async (stage: Stage, second: Image): Promise<SharedPages> => {
  const openFirst = await ready(stage, stage.prepared, 'first');
  const openSecond = await ready(stage, await stage.prepare(second), 'second');
  stage.sync();
  await stage.dropCaches();
  const [one, two] = [await openFirst(), await openSecond()];
  const { objectDirs } = stage.store;
  const roots = { first: one.mounted.root, second: two.mounted.root, objectDirs };
  const pairs = sharedPairs(stage.image, second, roots);
  const seen = await inspect<SharedPages>(stage, {
    kind: 'sharing',
    pairs,
    backing: [...one.backing, ...two.backing],
  });
  for (const open of [two, one]) await open.close();
  return seen;
};

const pages = (title: string) => ({ title, better: 'lower', noise: 'noisy' }) as const;

export const scenario: Scenario = {
  id: 'sharing-cache',
  question: 'How often is a file in memory that two versions of an image have in common?',
  cache: 'warm',
  reproduce:
    'mount two versions, read every common file through both, compare the physical pages behind them (mincore, /proc/self/pagemap)',
  headline: ['mountCopiesRatio', 'cacheCopiesRatio', 'wrongLinkCount'],
  ownSection: true,
  needs: [
    { title: 'page frame numbers', anyOf: ['page-frames'] },
    { title: 'caches that can be dropped', anyOf: ['drop-caches'] },
  ],
  params: [{ versions: 'certs' }],
  largeParams: [{ versions: 'base' }, { versions: 'python' }, { versions: 'same-base' }],
  passes: ['count'],
  inspects: true,
  variants: ['erofs-full', 'hardlink-checkout', 'reflink-checkout'],
  source: firstVersion,
  others: laterVersions,
  cycles: () => 1,
  metrics: {
    sharedPageCount: { title: 'pages of the common files, each file once', better: 'lower', noise: 'exact' },
    alikePageCount: {
      title: 'of them, pages of files whose metadata are the same in both versions',
      better: 'higher',
      noise: 'exact',
    },
    firstPageCount: pages('of them cached, as seen through the first mount'),
    secondPageCount: pages('of them cached, as seen through the second mount'),
    objectPageCount: pages('of them cached in the object store'),
    imageFilePageCount: pages('cached pages of the image files themselves'),
    mountFrameCount: pages('physical pages behind both mounts'),
    allFrameCount: pages('physical pages behind both mounts and the object store'),
    mountCopiesRatio: pages('copies of a common page behind the two mounts'),
    cacheCopiesRatio: pages('copies of a common page in memory, with objects and image files'),
    wrongLinkCount: {
      title: 'common files whose link count is not the number of their names in the image',
      better: 'lower',
      noise: 'exact',
    },
  },
  roughNs: (size) => 2.5e8 + size.objectBytes * 6,
  async run(stage) {
    const seen = await sharing(stage, stage.others[0]!);
    return {
      sharedPageCount: seen.pageCount,
      alikePageCount: alikePageCount(stage.image, stage.others[0]!),
      firstPageCount: seen.firstResidentCount,
      secondPageCount: seen.secondResidentCount,
      objectPageCount: seen.objectResidentCount,
      imageFilePageCount: seen.backingResidentCount,
      mountFrameCount: seen.mountFrameCount,
      allFrameCount: seen.allFrameCount,
      mountCopiesRatio: seen.mountFrameCount / seen.pageCount,
      cacheCopiesRatio: (seen.allFrameCount + seen.backingResidentCount) / seen.pageCount,
      wrongLinkCount: seen.wrongLinkCount,
    };
  },
  derive: (values) => values,
};
