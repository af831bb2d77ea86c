// Values of the slots of the example run: costs of each backend with seeded noise.
import { PHASES, type Phase } from '../../../results/schema/run.ts';
import type { Params, Values } from '../../../results/schema/shared.ts';

/** Nanoseconds per phase on the smallest image with an empty store. */
const PHASE_NS: Readonly<Record<string, Readonly<Record<Phase, number>>>> = {
  'erofs-overlay': {
    ingest: 180e6,
    create: 0.9e6,
    mount: 110e3,
    use: 1.9e6,
    unmount: 240e3,
    settle: 30e3,
    destroy: 160e3,
    collect: 95e6,
  },
  'composefs-fuse': {
    ingest: 181e6,
    create: 0.9e6,
    mount: 1.1e6,
    use: 2.2e6,
    unmount: 90e3,
    settle: 1.6e6,
    destroy: 160e3,
    collect: 95e6,
  },
  'unpacked-overlay': {
    ingest: 600,
    create: 640e6,
    mount: 62e3,
    use: 1.8e6,
    unmount: 70e3,
    settle: 9e3,
    destroy: 310e6,
    collect: 500,
  },
};
const WALK_NS: Readonly<Record<string, readonly [warm: number, cold: number]>> = {
  'erofs-overlay': [62e6, 140e6],
  'composefs-fuse': [58e6, 165e6],
  'unpacked-overlay': [70e6, 260e6],
};

/** Phases that cost more grow with the image and are nearly free with a full store. */
const BIG_PHASE_NS = 50e6;
const FULL_STORE_SHARE = 0.004;
const IDLE_NS = 700;

/** A factor near 1 with this spread. */
export type Noise = (spread: number) => number;

/** What a slot measures: one backend, one scenario, and the size of the image. */
export interface ExampleSlot {
  readonly backend: string;
  readonly scenario: string;
  readonly params: Params;
  readonly scale: number;
}

const sumOf = (values: Values, names: readonly string[]): number =>
  names.reduce((sum, name) => sum + (values[name] ?? 0), 0);

const walkValues = ({ backend, scenario, scale }: ExampleSlot, noise: Noise): Values => {
  const [warm, cold] = WALK_NS[backend]!;
  const walkWallNs = Math.round((scenario === 'walk-warm' ? warm : cold) * scale * noise(0.03));
  const server =
    backend === 'composefs-fuse' ? { useServerCpuNs: Math.round(21e6 * scale * noise(0.05)) } : {};
  return {
    walkWallNs,
    ...server,
    useUserNs: Math.round(18e6 * scale * noise(0.05)),
    useSystemNs: Math.round(35e6 * scale * noise(0.05)),
  };
};

const phaseNs = ({ backend, params, scale }: ExampleSlot, phase: Phase, noise: Noise): number => {
  const cost = PHASE_NS[backend]![phase];
  const isBig = cost > BIG_PHASE_NS;
  const isFull = params['store'] === 'full';
  const isIdle = isFull && isBig && backend === 'unpacked-overlay';
  const share = isFull && isBig ? FULL_STORE_SHARE : 1;
  return Math.round((isIdle ? IDLE_NS : cost * share * (isBig ? scale : 1)) * noise(isBig ? 0.04 : 0.08));
};

const churnValues = (slot: ExampleSlot, noise: Noise): Values => {
  const values: Record<string, number> = {};
  for (const phase of PHASES) {
    const wallNs = phaseNs(slot, phase, noise);
    values[`${phase}WallNs`] = wallNs;
    values[`${phase}UserNs`] = Math.round(wallNs * 0.2);
    values[`${phase}SystemNs`] = Math.round(wallNs * 0.6);
  }
  if (slot.backend === 'composefs-fuse') values['useServerCpuNs'] = Math.round(3.2e5 * noise(0.1));
  const life = sumOf(
    values,
    PHASES.map((phase) => `${phase}WallNs`),
  );
  const arrive = sumOf(values, ['ingestWallNs', 'createWallNs']);
  const remove = sumOf(values, ['destroyWallNs', 'collectWallNs']);
  return {
    ...values,
    arriveWallNs: arrive,
    removeWallNs: remove,
    imagesPerSecond: 1e9 / life,
    createDurableWallNs: Math.round(arrive + 41e6 * noise(0.2)),
    destroyDurableWallNs: Math.round(remove + 12e6 * noise(0.2)),
  };
};

export const timedValues = (slot: ExampleSlot, noise: Noise): Values => ({
  commandStartWallNs: Math.round(1.1e6 * noise(0.1)),
  ...(slot.scenario === 'churn' ? churnValues(slot, noise) : walkValues(slot, noise)),
});

const diskValues = (backend: string, scale: number): Values =>
  backend === 'unpacked-overlay'
    ? {
        createdFileCount: Math.round(7734 * scale),
        createdInodeCount: Math.round(9214 * scale),
        createdDiskBytes: Math.round(141e6 * scale),
      }
    : {
        createdFileCount: Math.round(5931 * scale),
        createdInodeCount: Math.round(6188 * scale),
        createdDiskBytes: Math.round(127e6 * scale),
      };

/** The second pass counts two requests more. */
export const countedValues = ({ backend, scenario, scale }: ExampleSlot, pass: number): Values => {
  const disk = scenario === 'churn' ? diskValues(backend, scale) : {};
  if (backend !== 'composefs-fuse') return disk;
  const readdirplus = scenario === 'churn' ? 0 : Math.round(3000 * scale) + (pass === 1 ? 2 : 0);
  const lookup = scenario === 'churn' ? 4 : 0;
  return {
    ...disk,
    fuseLookupCount: lookup,
    fuseReaddirplusCount: readdirplus,
    fuseRequestCount: lookup + readdirplus,
  };
};
