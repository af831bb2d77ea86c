// A run as the harness would store it, drawn from a seeded generator.
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { ImageInfo, Pass, RunFile, Sample, Slot } from '../../../results/schema/run.ts';
import type { Params } from '../../../results/schema/shared.ts';
import { EXAMPLE_CATALOGUE, EXAMPLE_ENVIRONMENT, exampleImage } from './example-catalogue.ts';
import { exampleLedger } from './example-ledger.ts';
import { countedValues, type Noise, timedValues } from './example-values.ts';

export const BASELINE = 'erofs-overlay';
export const ARMS = ['erofs-overlay', 'composefs-fuse', 'unpacked-overlay', 'null'] as const;
const COUNTED_ARMS = ARMS.filter((arm) => arm !== 'null');

export interface ExampleOptions {
  readonly seed?: number;
  readonly blocks?: number;
  readonly images?: readonly string[];
  readonly countPasses?: number;
}

const STARTED_AT = '2026-01-15T10:00:00.000Z';
const SMALLEST_ENTRY_COUNT = 9214;
const NOTHING_LEFT = { leftMountCount: 0, leftLoopCount: 0, leftProcessCount: 0, leftFileCount: 0 };

const GROUPS: readonly {
  readonly scenario: string;
  readonly params: Params;
  readonly cache: Slot['cache'];
}[] = [
  { scenario: 'churn', params: { store: 'empty' }, cache: 'warm' },
  { scenario: 'churn', params: { store: 'full' }, cache: 'warm' },
  { scenario: 'walk-warm', params: {}, cache: 'warm' },
  { scenario: 'walk-cold', params: {}, cache: 'cold' },
];

/** One value in twenty is an outlier. */
const noiseOf = (seed: number): Noise => {
  const generator = xoroshiro128plus(seed);
  return (spread) =>
    Math.exp((uniformFloat64(generator) + uniformFloat64(generator) - 1) * spread) *
    (uniformFloat64(generator) < 0.05 ? 1.15 : 1);
};

const tookOf = (backend: string, { layerCount }: ImageInfo): Readonly<Record<string, string>> => {
  if (backend === BASELINE) return { erofs: 'file', layers: 'fd' };
  if (backend === 'composefs-fuse') return { transport: 'read/write' };
  return { layers: 'path', layerCount: String(layerCount) };
};

const slotsOf = (pass: Pass, count: number, images: readonly ImageInfo[]): Omit<Slot, 'seq'>[] =>
  Array.from({ length: count }, (_, block) =>
    images.flatMap(({ name }) =>
      GROUPS.flatMap((group) =>
        (pass === 'time' ? ARMS : COUNTED_ARMS).map((arm, order) => ({
          block,
          order,
          pass,
          ...group,
          arm,
          backend: arm === 'null' ? BASELINE : arm,
          image: name,
        })),
      ),
    ),
  ).flat();

const sampleOf = (slot: Slot, info: ImageInfo, noise: Noise): Sample => {
  const { backend, scenario, params, pass } = slot;
  const measured = { backend, scenario, params, scale: info.entryCount / SMALLEST_ENTRY_COUNT };
  const values = pass === 'time' ? timedValues(measured, noise) : countedValues(measured, slot.block);
  return {
    ...slot,
    schema: 1,
    startedAt: STARTED_AT,
    slotNs: 5e8,
    took: tookOf(backend, info),
    notes: [],
    outcome: 'ok',
    values: { ...values, ...NOTHING_LEFT },
    ...(pass === 'count' ? { ledger: exampleLedger(backend, scenario, params, info.fileCount) } : {}),
  };
};

const runOf = (
  seed: number,
  blocks: number,
  images: readonly ImageInfo[],
  slots: readonly Slot[],
): RunFile => ({
  schema: 1,
  id: '2026-01-15-example-7',
  startedAt: STARTED_AT,
  host: 'example',
  cfsbench: { version: '0.1.0', commit: '0123456789abcdef0123456789abcdef01234567' },
  commandLine: ['cfsbench', 'run', '--profile', 'default', '--seed', String(seed)],
  environment: EXAMPLE_ENVIRONMENT,
  catalogue: EXAMPLE_CATALOGUE,
  images,
  proofs: images.flatMap((info) =>
    COUNTED_ARMS.map((arm) => ({
      image: info.name,
      arm,
      treeDigest: info.treeDigest,
      equal: true,
      difference: null,
      fsType: arm === 'composefs-fuse' ? 'fuse.cfs-fuse' : 'overlay',
      took: {},
    })),
  ),
  skipped: [{ kind: 'probe', probe: 'memory', need: 'cgroup v2 memory controller', reason: 'not mounted' }],
  plan: {
    seed: String(seed),
    profile: 'default',
    budgetNs: 90e9,
    blocks,
    baseline: BASELINE,
    arms: [...ARMS],
    scenarios: ['churn', 'walk-warm', 'walk-cold'],
    images: images.map(({ name }) => name),
    dropped: [
      {
        kind: 'text',
        image: 'debian-12-nginx',
        text: 'image debian-12-nginx: 8 blocks do not fit into 90 s',
      },
    ],
    slots,
  },
  status: 'complete',
  finishedAt: '2026-01-15T10:01:22.000Z',
  wallNs: 82e9,
  ledgerSource: 'bpf',
  warnings: [],
});

export const exampleRun = (
  options: ExampleOptions = {},
): { readonly run: RunFile; readonly samples: readonly Sample[] } => {
  const { seed = 7, blocks = 8, images = ['debian-12-base', 'debian-12-python'], countPasses = 3 } = options;
  const infos = images.map((name, index) => exampleImage(name, 1 + index * 0.7));
  const slots = [...slotsOf('time', blocks, infos), ...slotsOf('count', countPasses, infos)].map(
    (slot, seq): Slot => ({ seq, ...slot }),
  );
  const noise = noiseOf(seed);
  const samples = slots.map((slot) => sampleOf(slot, infos.find(({ name }) => name === slot.image)!, noise));
  return { run: runOf(seed, blocks, infos, slots), samples };
};
