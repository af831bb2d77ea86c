// Brings the objects of an image into an empty store: with fs-verity for each object, and without. Digests are compared in both.
//
// Enabling writes the contents of an object to disk, computes their hash tree, and writes that, too. So the times with a syncfs are those of
// the same end: all objects are on disk.
import type { Ingested } from '../harness/model/machine.ts';
import { known } from '../harness/model/metrics.ts';
import { medianOf } from '../harness/model/repeated.ts';
import type { Scenario, Stage, Values } from '../harness/model/scenario.ts';

const VERIFIED = ['erofs-overlay-verity', 'composefs-fuse-verity'];
const PLAIN = ['erofs-overlay', 'composefs-fuse'];
/** The others have no objects, or bring them in as these do. */
const BACKENDS = [...PLAIN, ...VERIFIED];

interface IngestResult extends Pick<Ingested, 'enabling'> {
  readonly syncNs: number;
  readonly disk: Values;
}

const bringIn = async (stage: Stage, number: number): Promise<IngestResult> => {
  const { prepared, slot } = stage;
  const store = stage.storeOf(number);
  stage.sync();
  await stage.phase('ingest', () =>
    prepared.ingest(store, VERIFIED.includes(slot.backend) ? 'digested' : 'compared'),
  );
  const syncNs = stage.sync();
  const { enabling } = store.ingested();
  const disk = slot.pass === 'count' ? await stage.footprint() : {};
  await prepared.collect(store, []);
  return { syncNs, enabling, disk };
};

const timesOf = (done: readonly IngestResult[]): Values => {
  const enablingNs = done.flatMap(({ enabling }) => enabling?.ns ?? []);
  return {
    ingestSyncWallNs: medianOf(done.map(({ syncNs }) => syncNs)),
    ...(enablingNs.length === 0 ? {} : { enableWallNs: medianOf(enablingNs) }),
  };
};

const countsOf = ({ disk: { createdDiskBytes = 0 }, enabling }: IngestResult): Values => ({
  storedBytes: createdDiskBytes,
  ...(enabling === null
    ? {}
    : { verityObjectCount: enabling.objectCount, enableCallCount: enabling.callCount }),
});

const perObject = (value: number | undefined, objectCount: number | undefined): number | null =>
  value === undefined || objectCount === undefined || objectCount === 0 ? null : value / objectCount;

export const scenario: Scenario = {
  id: 'enable-verity',
  question: 'What does fs-verity of each object add to the arrival of an image?',
  cache: 'warm',
  reproduce:
    'digest, write and rename each object into an empty store, with FS_IOC_ENABLE_VERITY before the rename or without; syncfs; allocated blocks',
  headline: [
    'ingestWallNs',
    'ingestDurableWallNs',
    'enablePerObjectNs',
    'ingestCallsPerObjectCount',
    'enableCallsPerObjectCount',
    'storedPerObjectBytes',
  ],
  ownSection: true,
  needs: [{ title: 'fs-verity on the work file system', anyOf: ['fs-verity'] }],
  params: [{ local: 'nothing' }],
  only: BACKENDS,
  asks: (_params, backend) => BACKENDS.includes(backend),
  metrics: {
    ingestDurableWallNs: {
      title: 'ingest + syncfs: all objects are on disk',
      better: 'lower',
      noise: 'noisy',
    },
    ingestSyncWallNs: { title: 'the syncfs after ingest', better: 'lower', noise: 'noisy' },
    enableWallNs: {
      title: 'enabling fs-verity for all objects, part of ingest',
      better: 'lower',
      noise: 'noisy',
    },
    enablePerObjectNs: {
      title: 'enabling fs-verity for one object, part of ingest',
      better: 'lower',
      noise: 'noisy',
    },
    enableCallCount: {
      title: 'system calls that enable fs-verity, part of ingest',
      better: 'lower',
      noise: 'exact',
    },
    enableCallsPerObjectCount: {
      title: 'system calls that enable fs-verity for one object, part of ingest',
      better: 'lower',
      noise: 'exact',
    },
    ingestCallsPerObjectCount: {
      title: 'system calls of ingest for each object',
      better: 'lower',
      noise: 'quasi',
    },
    storedBytes: {
      title: 'bytes on disk of all objects, with folders and hash trees',
      better: 'lower',
      noise: 'quasi',
      allocated: true,
    },
    storedPerObjectBytes: {
      title: 'the same for each object',
      better: 'lower',
      noise: 'quasi',
      allocated: true,
    },
    verityObjectCount: { title: 'objects that got fs-verity', better: 'higher', noise: 'exact' },
    objectCount: { title: 'objects of the image', better: 'lower', noise: 'exact' },
  },
  cycles: (_params, lives) => lives,
  roughNs: (size) => 1e8 + size.objectCount * 5e5 + size.objectBytes * 3,
  async run(stage) {
    const done: IngestResult[] = [];
    for (let number = 0; number < stage.cycles; number++) done.push(await bringIn(stage, number));
    const { slot, image } = stage;
    return {
      objectCount: image.objects.length,
      ...(slot.pass === 'time' ? timesOf(done) : countsOf(done[0]!)),
    };
  },
  derive(values) {
    const { objectCount, ingestWallNs, ingestSyncWallNs, enableWallNs } = values;
    const { ingestCallCount, enableCallCount, storedBytes } = values;
    const isDurable = ingestWallNs !== undefined && ingestSyncWallNs !== undefined;
    return {
      ...values,
      ...known('ingestDurableWallNs', isDurable ? ingestWallNs + ingestSyncWallNs : null),
      ...known('enablePerObjectNs', perObject(enableWallNs, objectCount)),
      ...known('ingestCallsPerObjectCount', perObject(ingestCallCount, objectCount)),
      ...known('enableCallsPerObjectCount', perObject(enableCallCount, objectCount)),
      ...known('storedPerObjectBytes', perObject(storedBytes, objectCount)),
    };
  },
};
