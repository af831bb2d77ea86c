// Repeats the life of an image: bring it in, mount it, read one file, remove it.
//
// local=nothing: contents arrive and leave with each life. local=files: every file is local, the image is not set up.
// local=image: the image is set up. The work file system is synced, untimed, after create and before destroy, so that no life pays
// for the dirty pages of another and destroy removes files that are on disk. Metrics of durable phases include a syncfs.

import type { Created } from '../harness/model/backend.ts';
import type { IngestHow } from '../harness/model/machine.ts';
import { known, sumOf } from '../harness/model/metrics.ts';
import { medianOf } from '../harness/model/repeated.ts';
import type { Params, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { collectionMetrics, imagePart, ofImage, partValue } from './collection.ts';
import { readTarget } from './read-target.ts';

/** Lives per slot if a life takes about half a millisecond. Longer ones use the run's number. */
const SHORT_CYCLES = 10;
/** Lookups in a full store, and collections of it, in a timed slot of any arm: the first may fill caches. */
const LOOKUPS = 3;
const MOUNTED = ['mountWallNs', 'useWallNs', 'unmountWallNs', 'settleWallNs'];
const SET_UP = ['createWallNs', ...MOUNTED, 'destroyWallNs'];
const WHOLE = ['ingestWallNs', ...SET_UP, 'collectWallNs'];

/** The phases of one life. With local=files ingest and collect belong to a pull and to a collection instead. */
const lifeOf = ({ local }: Params): readonly string[] => {
  if (local === 'nothing') return WHOLE;
  return local === 'files' ? SET_UP : MOUNTED;
};

interface LifeResult {
  readonly createSyncNs: number;
  readonly disk: Values;
}

/** `digested`: the digest of all arriving contents is computed and compared, as runtimes do. */
const howOf = (stage: Stage): IngestHow =>
  (stage.slot.params['ingest'] as IngestHow | undefined) ?? 'trusted';

/** The file to read in each mount, chosen before the first window. Null: the image has none, and the root is listed. */
type FileToRead = string | null;

export const mountAndUse = async (
  stage: Stage,
  created: Created,
  number: number,
  target: FileToRead,
): Promise<void> => {
  const at = stage.folder(`mount-${number}`);
  const mounted = await stage.phase('mount', () => created.mount(at));
  stage.mounted(mounted);
  await stage.phase('use', () =>
    target === null
      ? stage.command('ls', ['ls', mounted.root])
      : stage.command('cat', ['cat', `${mounted.root}${target}`]),
  );
  await stage.phase('unmount', () => mounted.unmount());
  await stage.phase('settle', () => mounted.settle());
};

const life = async (stage: Stage, number: number, target: FileToRead): Promise<LifeResult> => {
  const { prepared } = stage;
  const dir = stage.folder(`image-${number}`);
  const created = await stage.phase('create', () =>
    prepared.create(stage.storeOf(number), dir, howOf(stage)),
  );
  const createSyncNs = stage.sync();
  const disk = stage.slot.pass === 'count' ? await stage.footprint() : {};
  await mountAndUse(stage, created, number, target);
  stage.sync();
  await stage.phase('destroy', () => created.destroy());
  return { createSyncNs, disk };
};

const ingest = (stage: Stage, number: number) =>
  stage.phase('ingest', () => stage.prepared.ingest(stage.storeOf(number), howOf(stage)));

const collect = (stage: Stage, number: number) =>
  stage.phase('collect', () => stage.prepared.collect(stage.storeOf(number), stage.kept));

const valuesOf = (stage: Stage, done: readonly LifeResult[], destroySyncs: readonly number[]): Values => {
  const objectCount = stage.image.objects.length;
  return stage.slot.pass === 'count'
    ? { objectCount, ...done[0]!.disk }
    : {
        objectCount,
        createSyncWallNs: medianOf(done.map(({ createSyncNs }) => createSyncNs)),
        destroySyncWallNs: medianOf(destroySyncs),
      };
};

/** Each life has a store of its own and empties it. */
const fromNothing = async (stage: Stage): Promise<Values> => {
  const target = readTarget(stage.image.tree);
  const done: LifeResult[] = [];
  const destroySyncs: number[] = [];
  for (let number = 0; number < stage.cycles; number++) {
    await ingest(stage, number);
    done.push(await life(stage, number, target));
    await collect(stage, number);
    destroySyncs.push(stage.sync());
  }
  return valuesOf(stage, done, destroySyncs);
};

/** Looks the image up in the store before all lives, and collects after them. */
const fromFiles = async (stage: Stage): Promise<Values> => {
  const target = readTarget(stage.image.tree);
  const lookups = stage.slot.pass === 'count' ? 1 : LOOKUPS;
  const done: LifeResult[] = [];
  const destroySyncs: number[] = [];
  for (let i = 0; i < lookups; i++) await ingest(stage, 0);
  for (let number = 0; number < stage.cycles; number++) {
    done.push(await life(stage, number, target));
    destroySyncs.push(stage.sync());
  }
  const parts: (number | null)[] = [];
  for (let i = 0; i < lookups; i++) {
    parts.push(imagePart(stage, await collect(stage, 0)));
    stage.sync();
  }
  return { ...valuesOf(stage, done, destroySyncs), ...(stage.slot.pass === 'count' ? {} : partValue(parts)) };
};

const fromImage = async (stage: Stage): Promise<Values> => {
  const target = readTarget(stage.image.tree);
  const created = await stage.prepared.create(stage.store, stage.folder('image'));
  stage.sync();
  for (let number = 0; number < stage.cycles; number++) await mountAndUse(stage, created, number, target);
  await created.destroy();
  return {};
};

const perObject = (ns: number | undefined, objectCount: number | undefined): number | null =>
  ns === undefined || objectCount === undefined || objectCount === 0 ? null : ns / objectCount;

const rate = (ns: number | null): number | null => (ns === null ? null : 1e9 / ns);

export const scenario: Scenario = {
  id: 'churn',
  question: 'What does it cost to bring an image in, mount it, use it once and remove it?',
  cache: 'warm',
  reproduce:
    'ingest, create, mount, cat one file, unmount, settle, destroy, collect, as far as local= includes them; sync after create and before destroy; with local=files collect is the part of the image in a collection of the full store',
  headline: [
    'ingestWallNs',
    'createWallNs',
    'arriveWallNs',
    'mountWallNs',
    'unmountWallNs',
    'settleWallNs',
    'destroyWallNs',
    'collectWallNs',
    'removeWallNs',
    'checkoutWallNs',
    'ingestPerObjectNs',
    'collectPerObjectNs',
    'imagesPerSecond',
    'pulledImagesPerSecond',
    'commandStartWallNs',
  ],
  needs: [],
  params: [
    { local: 'files' },
    { local: 'image' },
    { local: 'nothing', ingest: 'trusted' },
    { local: 'nothing', ingest: 'digested' },
  ],
  // Digesting adds only the calls that read: the other calls are counted with trusted contents.
  passesWith: ({ ingest }) => (ingest === 'digested' ? ['time'] : ['count', 'time']),
  variantsWith: ({ local }) => (local === 'files' ? ['hardlink-checkout', 'reflink-checkout'] : []),
  largeVariants: ['ostree-checkout', 'ostree-composefs', 'erofs-blobs'],
  metrics: {
    ...collectionMetrics,
    arriveWallNs: { title: 'ingest + create: the image is local', better: 'lower', noise: 'noisy' },
    removeWallNs: { title: 'destroy + collect: the image is removed', better: 'lower', noise: 'noisy' },
    checkoutWallNs: {
      title: 'create + destroy: set up and remove the image, its files stay',
      better: 'lower',
      noise: 'noisy',
    },
    lifecycleWallNs: {
      title:
        'all phases of one life, with one start of cat in the image; with local=files without ingest and collect',
      better: 'lower',
      noise: 'noisy',
    },
    imagesPerSecond: {
      title:
        'image lifecycles per second, one after another, with one start of cat in each; with local=files without ingest and collect',
      better: 'higher',
      noise: 'noisy',
    },
    pulledImagesPerSecond: {
      title:
        'image lifecycles per second, one after another, with one start of cat in each, and one ingest and its part of one collection for each',
      better: 'higher',
      noise: 'noisy',
    },
    // Not judged: the ratio equals that of the whole phase.
    ingestPerObjectNs: {
      title: 'ingest for each object of the image',
      better: 'lower',
      noise: 'noisy',
      judged: false,
    },
    collectPerObjectNs: {
      title: 'collect for each object of the image',
      better: 'lower',
      noise: 'noisy',
      judged: false,
    },
    objectCount: { title: 'objects of the image', better: 'lower', noise: 'exact' },
    createDurableWallNs: {
      title: 'ingest + create + syncfs: the image is local and on disk',
      better: 'lower',
      noise: 'noisy',
    },
    destroyDurableWallNs: {
      title: 'destroy + collect + syncfs: the removal is on disk',
      better: 'lower',
      noise: 'noisy',
    },
    createSyncWallNs: { title: 'the syncfs after create', better: 'lower', noise: 'noisy' },
    destroySyncWallNs: {
      title: 'the syncfs after destroy, with local=nothing after collect',
      better: 'lower',
      noise: 'noisy',
    },
  },
  cycles: ({ local }, lives, { createsFiles = false }) => {
    if (local === 'image') return SHORT_CYCLES;
    return local === 'files' && !createsFiles ? SHORT_CYCLES : lives;
  },
  roughNs: (size, { local }) => {
    if (local === 'image') return 6e7 + size.entryCount * 1e4;
    return local === 'files'
      ? 1e8 + size.entryCount * 1e5 + size.objectBytes
      : 1e8 + size.objectCount * 1.2e5 + size.objectBytes * 2;
  },
  run(stage) {
    const { local } = stage.slot.params;
    if (local === 'image') return fromImage(stage);
    return local === 'files' ? fromFiles(stage) : fromNothing(stage);
  },
  derive({ objectCount, ...measured }, params) {
    const nothing = params['local'] === 'nothing';
    const values = params['local'] === 'files' ? ofImage(measured) : measured;
    const sum = (names: readonly string[]): number | null => sumOf(values, names);
    const life = sum(lifeOf(params));
    return {
      ...values,
      ...known('lifecycleWallNs', life),
      ...known('imagesPerSecond', rate(life)),
      ...known('ingestPerObjectNs', perObject(values['ingestWallNs'], objectCount)),
      ...known('collectPerObjectNs', perObject(values['collectWallNs'], objectCount)),
      ...(nothing
        ? {
            ...known('arriveWallNs', sum(['ingestWallNs', 'createWallNs'])),
            ...known('removeWallNs', sum(['destroyWallNs', 'collectWallNs'])),
            ...known('createDurableWallNs', sum(['ingestWallNs', 'createWallNs', 'createSyncWallNs'])),
            ...known('destroyDurableWallNs', sum(['destroyWallNs', 'collectWallNs', 'destroySyncWallNs'])),
          }
        : {}),
      ...(params['local'] === 'files'
        ? {
            ...known('checkoutWallNs', sum(['createWallNs', 'destroyWallNs'])),
            ...known('pulledImagesPerSecond', rate(sum(WHOLE))),
          }
        : {}),
    };
  },
};
