// Keeps many mounts alive, each of a generated image: memory of the kernel and of servers, the time of one more mount, of reading
// the list of mounts, and of unmounting all.
import { setTimeout } from 'node:timers/promises';
import type { Created, Mounted } from '../harness/model/backend.ts';
import { UserError } from '../harness/model/errors.ts';
import type { KernelMemory, Machine } from '../harness/model/machine.ts';
import type { Meters } from '../harness/model/meters.ts';
import type { Metric, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { elapsed, windowed } from './in-mount.ts';
import { SMALL } from './versions.ts';

const SHARED = 'composefs-fuse-shared';
const LIST_BYTES = 65_536;
/** Share of the available memory that servers may use. */
const SERVER_SHARE = 0.25;

const readList = ({ files }: Machine): void => {
  const fd = files.open('/proc/self/mountinfo', 0);
  const buffer = new Uint8Array(LIST_BYTES);
  try {
    for (let at = 0, got = 1; got > 0; at += got) got = files.pread(fd, buffer, at);
  } finally {
    files.close(fd);
  }
};

export interface LiveMount {
  readonly created: Created;
  readonly mounted: Mounted;
}

interface Served {
  readonly mounted: Pick<Mounted, 'servers'>;
}

/** Null if one of them is. */
const sumOf = (all: readonly (number | null)[]): number | null =>
  all.reduce((sum, one) => (sum === null || one === null ? null : sum + one), 0);

const serversOf = (live: readonly Served[]): readonly number[] => [
  ...new Set(live.flatMap(({ mounted }) => mounted.servers)),
];

/** `share` is null where the kernel does not report the one of each server. */
export const serverBytes = (
  { meters }: { readonly meters: Pick<Meters, 'processMemory'> },
  live: readonly Served[],
): { peak: number; share: number | null } => {
  const all = serversOf(live).flatMap((pid) => meters.processMemory(pid) ?? []);
  return {
    peak: all.reduce((sum, { peakBytes }) => sum + peakBytes, 0),
    share: sumOf(all.map(({ shareBytes }) => shareBytes)),
  };
};

export const serverShare = (share: number | null, mounts: number): Values =>
  share === null ? {} : { serverPerMountBytes: share / mounts };

/** Skips the slot if each mount has a server of its own and they do not fit into memory. */
export const checkRoom = ({ machine }: Stage, live: readonly LiveMount[], mounts: number): void => {
  if (live.length !== 2 || serversOf(live).length < 2) return;
  const { share, peak } = serverBytes(machine, live);
  const wanted = ((share ?? peak) / 2) * mounts;
  const room = (machine.meters.kernelMemory().availableBytes ?? Number.POSITIVE_INFINITY) * SERVER_SHARE;
  if (wanted > room)
    throw new UserError(
      `${mounts} servers need ${Math.round(wanted / 1e6)} MB, more than a quarter of the available memory (${Math.round(room / 1e6)} MB)`,
      { code: 'skip', exit: 4 },
    );
};

/** Kernel memory by metric; `slabObject` counts objects in use, not whole slabs. */
const KERNEL_MEMORY: Readonly<Record<string, (now: KernelMemory) => number | null>> = {
  slabObjectPerMountBytes: (now) => now.slabObjectBytes,
  slabObjectPerMountCount: ({ caches }) =>
    caches === null ? null : sumOf([...caches.values()].map(({ objectCount }) => objectCount)),
  slabPerMountBytes: (now) => now.slabBytes,
  percpuPerMountBytes: (now) => now.percpuBytes,
  kernelPerMountBytes: (now) => sumOf([now.slabBytes, now.percpuBytes, now.stackBytes, now.pageTableBytes]),
};
/** `slabObjectPerMountBytes` to `slabObjectPerMountResolutionBytes`. */
const resolutionOf = (metric: string): string =>
  metric.replace(/PerMount(?=[A-Z][a-z]+$)/, 'PerMountResolution');
/** Time between two readings before the first mount: their difference is the noise of the machine. */
export const QUIET_MS = 100;

interface KernelReadings {
  readonly first: KernelMemory;
  /** QUIET_MS after the first, before the first mount. */
  readonly before: KernelMemory;
  readonly after: KernelMemory;
}

/**
 * A growth that does not exceed the noise is no measurement: its value is absent, and the metric of its resolution has the noise.
 * Both are absent if the kernel does not report the memory, and all if caches were dropped between the readings.
 */
export const kernelShare = ({ first, before, after }: KernelReadings, mounts: number): Values =>
  after.dropCount !== first.dropCount
    ? {}
    : Object.fromEntries(
        Object.entries(KERNEL_MEMORY).flatMap(([metric, of]): [string, number][] => {
          const [atFirst, atStart, atEnd] = [of(first), of(before), of(after)];
          if (atFirst === null || atStart === null || atEnd === null) return [];
          const resolution = Math.abs(atStart - atFirst);
          const added = atEnd - atStart;
          return [
            added > resolution ? [metric, added / mounts] : [resolutionOf(metric), resolution / mounts],
          ];
        }),
      );

interface UnmountResult extends Values {
  readonly unmountNs: number;
  readonly settleNs: number;
}

const CHECKS = 20;
const CHECK_MS = 50;

/** True if the resource becomes free soon. If not, another process holds it, and the unmount is not the cause. */
const becomesFree = async (isFree: () => boolean | null): Promise<boolean> => {
  for (let check = 0; check < CHECKS; check++) {
    if (isFree() === true) return true;
    await setTimeout(CHECK_MS);
  }
  return false;
};

/**
 * Unmounts the latest first. `stillThereCount` and `askedCount` are absent if no resource could be checked. A settle that consists of call
 * lists is timed without the check before it; one that waits for a process, which may end during the check, from the return of umount on.
 */
export const unmountAll = async (
  mounts: readonly Mounted[],
  meters: Pick<Meters, 'windows'>,
): Promise<UnmountResult> => {
  let [unmountNs, settleNs, askedCount, stillThereCount] = [0, 0, 0, 0];
  for (const mounted of [...mounts].reverse()) {
    const isFree = mounted.held.kind === 'checked' ? mounted.held.watch() : () => null;
    unmountNs += await windowed(meters, () => mounted.unmount());
    const returnedNs = process.hrtime.bigint();
    const free = isFree();
    settleNs += await windowed(meters, () => mounted.settle(), returnedNs);
    const wasHeld = free === false && (await becomesFree(isFree));
    if (free === true || wasHeld) askedCount++;
    if (wasHeld) stillThereCount++;
  }
  return { unmountNs, settleNs, ...(askedCount === 0 ? {} : { askedCount, stillThereCount }) };
};

const unmountAndDestroy = async (live: readonly LiveMount[], meters: Meters): Promise<Values> => {
  const mounts = live.map(({ mounted }) => mounted);
  const { unmountNs, settleNs, ...checked } = await unmountAll(mounts, meters);
  for (const { created } of live) await created.destroy();
  return {
    tearDownWallNs: unmountNs + settleNs,
    settlePerMountWallNs: settleNs / live.length,
    ...checked,
  };
};

const latency = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });

const KERNEL_TITLES: Readonly<Record<keyof typeof KERNEL_MEMORY, string>> = {
  slabObjectPerMountBytes: 'slab objects in use of one mount, bytes',
  slabObjectPerMountCount: 'slab objects in use of one mount',
  slabPerMountBytes: 'slab memory of one mount',
  percpuPerMountBytes: 'per-CPU memory of one mount',
  kernelPerMountBytes: 'slab, per-CPU memory, kernel stacks and page tables of one mount',
};
export const kernelMetrics: Readonly<Record<string, Metric>> = Object.fromEntries(
  Object.entries(KERNEL_TITLES).flatMap(([metric, title]): [string, Metric][] => [
    [metric, latency(title)],
    [resolutionOf(metric), latency(`${title}: upper bound, the noise of the machine`)],
  ]),
);

const run = async (stage: Stage): Promise<Values> => {
  const { machine, prepared, store } = stage;
  const mounts = Number(stage.slot.params['mounts']);
  const ready: { readonly created: Created; readonly at: string }[] = [];
  for (let i = 0; i < mounts; i++)
    ready.push({
      created: await prepared.create(store, stage.folder(`image-${i}`)),
      at: stage.folder(`mount-${i}`),
    });
  stage.sync();
  const first = machine.meters.kernelMemory();
  await setTimeout(QUIET_MS);
  const before = machine.meters.kernelMemory();
  const live: LiveMount[] = [];
  let setUpWallNs = 0;
  let nextMountWallNs = 0;
  for (const { created, at } of ready) {
    nextMountWallNs = await windowed(machine.meters, async () => {
      live.push({ created, mounted: await created.mount(at) });
    });
    stage.mounted(live.at(-1)!.mounted);
    setUpWallNs += nextMountWallNs;
    checkRoom(stage, live, mounts);
  }
  const after = machine.meters.kernelMemory();
  const servers = serverBytes(machine, live);
  const mountListWallNs = await elapsed(async () => readList(machine));
  const down = await unmountAndDestroy(live, machine.meters);
  return {
    setUpWallNs,
    nextMountWallNs,
    mountListWallNs,
    ...down,
    mountAndUnmountPerMountWallNs: (setUpWallNs + Number(down['tearDownWallNs'])) / mounts,
    ...kernelShare({ first, before, after }, mounts),
    ...serverShare(servers.share, mounts),
    serverPeakPerMountBytes: servers.peak / mounts,
  };
};

export const scenario: Scenario = {
  id: 'live-mounts',
  question: 'What do many simultaneous mounts cost?',
  cache: 'warm',
  reproduce: 'create and mount N times, read /proc/meminfo and /proc/self/mountinfo, unmount all',
  headline: [
    'setUpWallNs',
    'nextMountWallNs',
    'tearDownWallNs',
    'mountAndUnmountPerMountWallNs',
    'slabObjectPerMountBytes',
    'slabObjectPerMountCount',
    'kernelPerMountBytes',
    'serverPerMountBytes',
    'stillThereCount',
  ],
  ownSection: true,
  needs: [],
  params: [{ mounts: 1 }, { mounts: 10 }],
  largeParams: [{ mounts: 100 }, { mounts: 1000 }],
  passes: ['time'],
  variants: ['erofs-overlay-loop', 'erofs-overlay-dmverity', SHARED],
  source: () => SMALL,
  cycles: () => 1,
  metrics: {
    setUpWallNs: latency('mounting all, one after another'),
    nextMountWallNs: latency('mounting the last one'),
    mountListWallNs: latency('reading /proc/self/mountinfo'),
    tearDownWallNs: latency('unmounting all, until all have settled'),
    settlePerMountWallNs: latency('settling of one mount after its unmount returned'),
    mountAndUnmountPerMountWallNs: latency('mounting and unmounting one, until it has settled'),
    ...kernelMetrics,
    serverPerMountBytes: latency('server memory per mount (Pss)'),
    serverPeakPerMountBytes: latency('peak server memory per mount (VmHWM)'),
    askedCount: {
      title: 'unmounts after which the held resource was checked',
      better: 'higher',
      noise: 'exact',
    },
    stillThereCount: latency(
      'of these, unmounts after which it was still held: lease, loop device, superblock or server',
    ),
  },
  roughNs: (_, params) => 1.5e8 + Number(params['mounts']) * 3e6,
  async run(stage) {
    const { removeNewLoops } = stage.machine.mounts;
    // Each slot pays for the loop devices that it adds, and for no others.
    await removeNewLoops();
    try {
      return await run(stage);
    } finally {
      await removeNewLoops();
    }
  },
  derive: (values) => values,
};
