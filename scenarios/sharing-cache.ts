// Reads every common file of two versions of an image through both mounts and counts its copies in memory.
//
// Physical pages are identified by their frame numbers, so a shared page counts once, however it is shared.
import type { SharedPages } from '../harness/inspect/requests.ts';
import type { Mounted, Prepared } from '../harness/model/backend.ts';
import type { Image } from '../harness/model/image.ts';
import type { Scenario, Stage } from '../harness/model/scenario.ts';
import { inspect } from './inspect.ts';
import { DROPPED_CACHES } from './needs.ts';
import { alikePageCount, firstVersion, laterVersions, sharedPairs } from './versions.ts';

const BLOCK_IMAGE = /^image\.(erofs|squashfs)$/;

interface OpenVersion {
  readonly mounted: Mounted;
  readonly backing: readonly string[];
  close(): Promise<void>;
}

/**
 * The files that hold the contents of a mount: those that it names, else the block image in the folder of the image. A bootstrap beside
 * blobs holds metadata alone, as the manifest of other backends does.
 */
export const backingOf = (
  { backing }: Pick<Mounted, 'backing'>,
  dir: string,
  names: readonly string[],
): readonly string[] =>
  backing ?? names.filter((name) => BLOCK_IMAGE.test(name)).map((name) => `${dir}/${name}`);

const readyToMount = async (stage: Stage, prepared: Prepared, name: string) => {
  await prepared.ingest(stage.store);
  const dir = stage.folder(`image-${name}`);
  const created = await prepared.create(stage.store, dir);
  const at = stage.folder(`mount-${name}`);
  return async (): Promise<OpenVersion> => {
    const mounted = await created.mount(at);
    stage.mounted(mounted);
    return {
      mounted,
      backing: backingOf(mounted, dir, stage.machine.files.names(dir)),
      async close() {
        await mounted.unmount();
        await mounted.settle();
        await created.destroy();
      },
    };
  };
};

const sharedPages = async (stage: Stage, second: Image): Promise<SharedPages> => {
  const openFirst = await readyToMount(stage, stage.prepared, 'first');
  const openSecond = await readyToMount(stage, await stage.prepare(second), 'second');
  stage.sync();
  await stage.dropCaches();
  const [one, two] = [await openFirst(), await openSecond()];
  const { objectDirs } = stage.store;
  const roots = { first: one.mounted.root, second: two.mounted.root, objectDirs };
  const pairs = sharedPairs(stage.image, second, roots);
  const seen = await inspect<SharedPages>(stage, {
    kind: 'sharing',
    pairs,
    // Two images may read from one blob.
    backing: [...new Set([...one.backing, ...two.backing])],
  });
  for (const open of [two, one]) await open.close();
  return seen;
};

const pages = (title: string) => ({ title, better: 'lower', noise: 'noisy' }) as const;

export const scenario: Scenario = {
  id: 'sharing-cache',
  question: 'How many copies of a file are in memory when two versions of an image share it?',
  cache: 'warm',
  reproduce:
    'mount two versions, read every common file through both, compare the physical pages behind them (mincore, /proc/self/pagemap)',
  headline: ['mountCopiesRatio', 'cacheCopiesRatio', 'wrongLinkCount'],
  ownSection: true,
  needs: [{ title: 'page frame numbers', anyOf: ['page-frames'] }, DROPPED_CACHES],
  params: [{ versions: 'certs' }],
  largeParams: [{ versions: 'base' }, { versions: 'python' }, { versions: 'same-base' }],
  passes: ['count'],
  inspects: true,
  variants: ['erofs-full', 'erofs-full-inode-share', 'erofs-blobs', 'hardlink-checkout', 'reflink-checkout'],
  source: firstVersion,
  others: laterVersions,
  cycles: () => 1,
  metrics: {
    sharedPageCount: { title: 'pages of the common files, each file once', better: 'lower', noise: 'exact' },
    alikePageCount: {
      title: 'of these, pages of files with equal metadata in both versions',
      better: 'higher',
      noise: 'exact',
    },
    firstPageCount: pages('of these, cached pages seen through the first mount'),
    secondPageCount: pages('of these, cached pages seen through the second mount'),
    objectPageCount: pages('of these, cached pages in the object store'),
    imageFilePageCount: pages(
      'cached pages of image files and blobs, with readahead and a block image’s metadata',
    ),
    mountFrameCount: pages('physical pages behind both mounts'),
    allFrameCount: pages('physical pages behind both mounts and the object store'),
    mountCopiesRatio: pages('copies of a common page behind the two mounts'),
    cacheCopiesRatio: pages(
      'copies of a common page in memory, with objects and all cached pages of image files',
    ),
    wrongLinkCount: {
      title: 'common files whose link count differs from the number of their names in the image',
      better: 'lower',
      noise: 'exact',
    },
  },
  roughNs: (size) => 2.5e8 + size.objectBytes * 6,
  async run(stage) {
    const seen = await sharedPages(stage, stage.others[0]!);
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
