// From one version of an image to the next: the objects or layers to fetch, and the disk space that they add.
//
// They are found by listing the store's folders before and after, not computed from the images.
import type { Image } from '../harness/model/image.ts';
import { known } from '../harness/model/metrics.ts';
import type { Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { firstVersion, laterVersions } from './versions.ts';

const FAN = /^[0-9a-f]{2}$/;

interface StoreContents {
  readonly objects: ReadonlySet<string>;
  readonly layers: ReadonlySet<string>;
}

const storeContents = ({ store, machine: { files } }: Stage): StoreContents => ({
  objects: new Set(
    // Object folders exist from the first object on.
    store.objectDirs.filter(files.exists).flatMap((dir) =>
      files
        .names(dir)
        .filter((name) => FAN.test(name))
        .flatMap((fan) => files.names(`${dir}/${fan}`).map((rest) => `${fan}${rest}`)),
    ),
  ),
  layers: new Set(files.names(store.layerDir)),
});

const sum = (sizes: readonly number[]): number => sizes.reduce((a, b) => a + b, 0);

/** Bytes and number of new objects or layers, uncompressed; for a manifest backend with the manifest. */
const fetched = (image: Image, before: StoreContents, after: StoreContents) => {
  const objects = image.objects.filter(
    ({ digest }) => after.objects.has(digest) && !before.objects.has(digest),
  );
  const layers = image.layers.filter(({ id }) => after.layers.has(id) && !before.layers.has(id));
  const manifestBytes = after.objects.size > 0 ? image.manifest.length : 0;
  return {
    updateFetchBytes:
      manifestBytes +
      sum(objects.map(({ sizeBytes }) => sizeBytes)) +
      sum(layers.map(({ tarBytes }) => tarBytes)),
    updateFetchCount: objects.length + layers.length,
  };
};

/** Without footprints nothing is said of the disk. */
export const addedToDisk = (before: Values, after: Values): Values => {
  const added = (name: string): number | null => {
    const [atStart, atEnd] = [before[name], after[name]];
    return atStart === undefined || atEnd === undefined ? null : atEnd - atStart;
  };
  return {
    ...known('updateFileCount', added('createdFileCount')),
    ...known('updateDiskBytes', added('createdDiskBytes')),
  };
};

export const scenario: Scenario = {
  id: 'update',
  question: 'What has to be fetched and written to get from one version of an image to the next?',
  cache: 'warm',
  reproduce:
    'ingest and create of version 1, untimed; ingest and create of version 2; both destroyed and collected',
  headline: ['updateFetchBytes', 'updateFetchCount', 'updateDiskBytes'],
  ownSection: true,
  needs: [],
  passes: ['count'],
  // All manifest backends share the code of the store.
  only: ['erofs-overlay', 'unpacked-overlay'],
  params: [{ local: 'nothing', versions: 'certs' }],
  largeParams: [
    { local: 'nothing', versions: 'base' },
    { local: 'nothing', versions: 'python' },
  ],
  source: (params) => laterVersions(params)[0]!,
  others: (params) => [firstVersion(params)],
  metrics: {
    updateFetchBytes: {
      title: 'bytes to fetch: new objects and the manifest, or whole new layers; uncompressed',
      better: 'lower',
      noise: 'exact',
    },
    updateFetchCount: { title: 'objects or layers to fetch', better: 'lower', noise: 'exact' },
    updateFileCount: {
      title: 'files that version 2 added to the disk',
      better: 'lower',
      noise: 'exact',
    },
    updateDiskBytes: {
      title: 'bytes that version 2 added to the disk',
      better: 'lower',
      noise: 'quasi',
      allocated: true,
    },
  },
  cycles: () => 1,
  roughNs: (size) => 2e8 + size.objectCount * 2e5 + size.objectBytes * 4,
  async run(stage) {
    const { prepared, store, others, image } = stage;
    const first = await stage.prepare(others[0]!);
    await first.ingest(store);
    const old = await first.create(store, stage.folder('version-1'));
    stage.sync();
    const [before, diskBefore] = [storeContents(stage), await stage.footprint()];
    const dir = stage.folder('version-2');
    await stage.phase('ingest', () => prepared.ingest(store));
    const created = await stage.phase('create', () => prepared.create(store, dir));
    stage.sync();
    const [after, diskAfter] = [storeContents(stage), await stage.footprint()];
    await created.destroy();
    await old.destroy();
    await prepared.collect(store, []);
    return { ...fetched(image, before, after), ...addedToDisk(diskBefore, diskAfter) };
  },
  derive: (values) => values,
};
