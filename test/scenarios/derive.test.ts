// The arithmetic of every scenario: known values of a slot in, exact results out.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Params, Values } from '../../harness/model/scenario.ts';
import { scenarios } from '../../scenarios/registry.ts';

interface GoldenValues {
  readonly params?: Params;
  readonly given: Values;
  readonly derived: Values;
}

/** Powers of two: every sum of phases is unique. */
const PHASES: Values = {
  ingestWallNs: 1_000_000,
  createWallNs: 2_000_000,
  mountWallNs: 4_000_000,
  useWallNs: 8_000_000,
  unmountWallNs: 16_000_000,
  settleWallNs: 32_000_000,
  destroyWallNs: 64_000_000,
  collectWallNs: 128_000_000,
};
const { collectWallNs: __, ...INGESTED } = PHASES;
const { ingestWallNs: _, ...SET_UP } = INGESTED;
const { createWallNs: ___, destroyWallNs: ____, ...MOUNTED } = SET_UP;
const SYNCS: Values = { createSyncWallNs: 256_000_000, destroySyncWallNs: 512_000_000 };

const CHURN: readonly GoldenValues[] = [
  {
    params: { local: 'nothing', ingest: 'trusted' },
    given: { ...PHASES, ...SYNCS, objectCount: 4 },
    derived: {
      ...PHASES,
      ...SYNCS,
      arriveWallNs: 3_000_000,
      removeWallNs: 192_000_000,
      createDurableWallNs: 259_000_000,
      destroyDurableWallNs: 704_000_000,
      lifecycleWallNs: 255_000_000,
      imagesPerSecond: 1e9 / 255_000_000,
      ingestPerObjectNs: 250_000,
      collectPerObjectNs: 32_000_000,
    },
  },
  {
    params: { local: 'files' },
    given: {
      ...PHASES,
      ...SYNCS,
      collectCpuNs: 4096,
      createCpuNs: 8192,
      collectPartRatio: 0.25,
      objectCount: 4,
    },
    derived: {
      ...PHASES,
      ...SYNCS,
      // The store also has other images: a quarter of its collection is that of this one.
      collectStoreWallNs: 128_000_000,
      collectWallNs: 32_000_000,
      collectPartRatio: 0.25,
      collectCpuNs: 1024,
      createCpuNs: 8192,
      checkoutWallNs: 66_000_000,
      // Only the rate with a pull includes ingest and collect.
      lifecycleWallNs: 126_000_000,
      imagesPerSecond: 1e9 / 126_000_000,
      pulledImagesPerSecond: 1e9 / 159_000_000,
      ingestPerObjectNs: 250_000,
      collectPerObjectNs: 8_000_000,
    },
  },
  // The part of the image is not known: no row shows what other images cost.
  {
    params: { local: 'files' },
    given: { ...PHASES, collectCpuNs: 4096, objectCount: 4 },
    derived: {
      ...INGESTED,
      collectStoreWallNs: 128_000_000,
      checkoutWallNs: 66_000_000,
      lifecycleWallNs: 126_000_000,
      imagesPerSecond: 1e9 / 126_000_000,
      ingestPerObjectNs: 250_000,
    },
  },
  {
    params: { local: 'image' },
    given: MOUNTED,
    derived: { ...MOUNTED, lifecycleWallNs: 60_000_000, imagesPerSecond: 1e9 / 60_000_000 },
  },
  // A missing value is not zero.
  { params: { local: 'nothing', ingest: 'trusted' }, given: { mountWallNs: 1 }, derived: { mountWallNs: 1 } },
  {
    params: { local: 'files' },
    given: { ...SET_UP, ingestWallNs: 7, objectCount: 0 },
    derived: {
      ...SET_UP,
      ingestWallNs: 7,
      checkoutWallNs: 66_000_000,
      lifecycleWallNs: 126_000_000,
      imagesPerSecond: 1e9 / 126_000_000,
    },
  },
];

const RENAMED = (from: string, to: string): readonly GoldenValues[] => [
  { given: { [from]: 12_500, other: 3 }, derived: { [to]: 12_500, other: 3 } },
  { given: { other: 3 }, derived: { other: 3 } },
];

const GOLDEN: Readonly<Record<string, readonly GoldenValues[]>> = {
  churn: CHURN,
  'churn-scale': CHURN,
  'churn-shared-base': CHURN.slice(0, 1),
  'churn-fresh': [
    { given: { destroyWallNs: 100, collectWallNs: 23 }, derived: { destroyFreshWallNs: 123 } },
    { given: { destroyWallNs: 100, other: 1 }, derived: { destroyFreshWallNs: 100, other: 1 } },
    { given: { collectWallNs: 23 }, derived: {} },
  ],
  cleanup: [
    {
      params: { durable: 'yes' },
      given: { destroyWallNs: 100, collectWallNs: 23, removeSyncWallNs: 4000 },
      derived: { destroyWallNs: 100, collectWallNs: 23, removeSyncWallNs: 4000, cleanupWallNs: 4123 },
    },
    {
      params: { durable: 'no' },
      given: { destroyWallNs: 100, collectWallNs: 23, removeSyncWallNs: 0 },
      derived: { destroyWallNs: 100, collectWallNs: 23, cleanupWallNs: 123 },
    },
    { params: { durable: 'no' }, given: { destroyWallNs: 100 }, derived: { destroyWallNs: 100 } },
  ],
  'collect-alive': [
    {
      given: { collectCallCount: 430, removedFileCount: 10, collectWallNs: 5 },
      derived: { collectCallCount: 430, removedFileCount: 10, collectWallNs: 5, callsPerRemovedCount: 43 },
    },
    // Nothing was removed, or nothing was counted.
    {
      given: { collectCallCount: 430, removedFileCount: 0 },
      derived: { collectCallCount: 430, removedFileCount: 0 },
    },
    { given: { collectWallNs: 5 }, derived: { collectWallNs: 5 } },
  ],
  'container-churn': [
    {
      params: { local: 'image', containers: 16 },
      given: {
        mountWallNs: 4_000_000,
        useWallNs: 8_000_000,
        unmountWallNs: 16_000_000,
        settleWallNs: 512_000_000,
        createWallNs: 2_000_000,
        destroyWallNs: 64_000_000,
      },
      derived: {
        mountWallNs: 4_000_000,
        useWallNs: 8_000_000,
        unmountWallNs: 16_000_000,
        settleEachWallNs: 32_000_000,
        createWallNs: 2_000_000,
        destroyWallNs: 64_000_000,
        startWallNs: 6_000_000,
        stopWallNs: 112_000_000,
        containersPerSecond: 1e9 / 126_000_000,
      },
    },
  ],
  'enable-verity': [
    {
      given: { objectCount: 4, ingestWallNs: 1000, ingestSyncWallNs: 200, enableWallNs: 600 },
      derived: {
        objectCount: 4,
        ingestWallNs: 1000,
        ingestSyncWallNs: 200,
        enableWallNs: 600,
        ingestDurableWallNs: 1200,
        enablePerObjectNs: 150,
      },
    },
    {
      given: { objectCount: 4, ingestCallCount: 34, enableCallCount: 12, storedBytes: 32_768 },
      derived: {
        objectCount: 4,
        ingestCallCount: 34,
        enableCallCount: 12,
        storedBytes: 32_768,
        ingestCallsPerObjectCount: 8.5,
        enableCallsPerObjectCount: 3,
        storedPerObjectBytes: 8192,
      },
    },
    // Without fs-verity, and an image without objects.
    {
      given: { objectCount: 0, ingestWallNs: 1000, ingestCallCount: 2 },
      derived: { objectCount: 0, ingestWallNs: 1000, ingestCallCount: 2 },
    },
  ],
  'parallel-create': [
    {
      params: { local: 'files', images: 4 },
      given: { upWallNs: 800_000, downWallNs: 200_000, other: 1 },
      derived: {
        upWallNs: 800_000,
        downWallNs: 200_000,
        upEachWallNs: 200_000,
        imagesPerSecond: 4000,
        other: 1,
      },
    },
    { params: { local: 'files', images: 4 }, given: { upWallNs: 1, other: 1 }, derived: { other: 1 } },
  ],
  'walk-warm': RENAMED('useWallNs', 'walkWallNs'),
  'walk-cold': RENAMED('useWallNs', 'walkWallNs'),
  'walk-writable': RENAMED('useWallNs', 'walkWallNs'),
  'walk-servers-warm': RENAMED('useWallNs', 'walkWallNs'),
  'walk-servers-cold': RENAMED('useWallNs', 'walkWallNs'),
  'random-stat': RENAMED('useWallNs', 'statAllWallNs'),
  'read-all': RENAMED('useWallNs', 'readAllWallNs'),
  build: RENAMED('useWallNs', 'buildWallNs'),
  pull: [
    {
      given: { ...PHASES, pullBytes: 3 },
      derived: { ...PHASES, pullBytes: 3, pullFirstWallNs: 15_000_000, pullReadyWallNs: 7_000_000 },
    },
    {
      given: { ...PHASES, restWallNs: 1 },
      derived: { ...PHASES, pullFirstWallNs: 15_000_000, pullReadyWallNs: 15_000_001 },
    },
    { given: { pullBytes: 3 }, derived: { pullBytes: 3 } },
  ],
  prefetch: [
    {
      given: { useWallNs: 5000, readAndStartWallNs: 900, catStartWallNs: 200 },
      derived: { walkWallNs: 5000, catStartWallNs: 200, prefetchWallNs: 700, prefetchedWalkWallNs: 5700 },
    },
    {
      given: { useWallNs: 5000, readAndStartWallNs: 100, catStartWallNs: 200 },
      derived: { walkWallNs: 5000, catStartWallNs: 200, prefetchWallNs: 0, prefetchedWalkWallNs: 5000 },
    },
    { given: { useWallNs: 5000 }, derived: { walkWallNs: 5000 } },
  ],
};

describe('values derived by each scenario', () => {
  for (const { id, derive } of scenarios)
    test(id, () => {
      const golden = GOLDEN[id] ?? [
        { given: { useWallNs: 5, anything: 7 }, derived: { useWallNs: 5, anything: 7 } },
      ];
      for (const { params = {}, given, derived } of golden)
        assert.deepEqual(derive(given, params), derived, JSON.stringify(params));
    });

  test('every golden value belongs to an existing scenario', () => {
    const ids = scenarios.map(({ id }) => id);
    assert.deepEqual(
      Object.keys(GOLDEN).filter((id) => !ids.includes(id)),
      [],
    );
  });
});
