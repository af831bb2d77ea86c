// From one version of an image to the next: what is not here yet and has to come, and what it adds to the disk.
//
// What came is read from the store's folders before and after, not from the images: names of objects and of layers.
import type { Image } from '../harness/model/image.ts';
import type { Scenario, Stage } from '../harness/model/scenario.ts';
import { firstVersion, laterVersions } from './versions.ts';

const FAN = /^[0-9a-f]{2}$/;

interface Here {
  readonly objects: ReadonlySet<string>;
  readonly layers: ReadonlySet<string>;
}

const hereNow = ({ store, machine: { files } }: Stage): Here => ({
  objects: new Set(
    // Made with the first object.
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

/** What had to come for this image, uncompressed; of a manifest backend the manifest, too. */
const fetched = (image: Image, before: Here, after: Here) => {
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
  // The store is the same code for every manifest backend.
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
      title: 'bytes of what was not here yet: objects and manifest, or whole layers; uncompressed',
      better: 'lower',
      noise: 'exact',
    },
    updateFetchCount: { title: 'objects or layers that were not here yet', better: 'lower', noise: 'exact' },
    updateFileCount: {
      title: 'names of files that version 2 added to the disk',
      better: 'lower',
      noise: 'exact',
    },
    updateDiskBytes: { title: 'bytes that version 2 added to the disk', better: 'lower', noise: 'quasi' },
  },
  cycles: () => 1,
  roughNs: (size) => 2e8 + size.objectCount * 2e5 + size.objectBytes * 4,
  async run(stage) {
    const { prepared, store, others, image } = stage;
    const first = await stage.prepare(others[0]!);
    await first.ingest(store);
    const old = await first.create(store, stage.folder('version-1'));
    stage.sync();
    const [before, diskBefore] = [hereNow(stage), await stage.footprint()];
    const dir = stage.folder('version-2');
    await stage.phase('ingest', () => prepared.ingest(store));
    const created = await stage.phase('create', () => prepared.create(store, dir));
    stage.sync();
    const [after, diskAfter] = [hereNow(stage), await stage.footprint()];
    await created.destroy();
    await old.destroy();
    await prepared.collect(store, []);
    const added = (name: string): number => diskAfter[name]! - diskBefore[name]!;
    return {
      ...fetched(image, before, after),
      updateFileCount: added('createdFileCount'),
      updateDiskBytes: added('createdDiskBytes'),
    };
  },
  derive: (values) => values,
};
