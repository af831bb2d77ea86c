// Many mounts alive at once, each of an image of its own making: what they take of the kernel and of servers, what one more
// costs, how long the list of mounts takes to read, and to take all down.
import { setTimeout } from 'node:timers/promises';
import type { Created, Mounted } from '../harness/model/backend.ts';
import { UserError } from '../harness/model/errors.ts';
import type { KernelMemory, Machine } from '../harness/model/machine.ts';
import type { Metric, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { elapsed } from './in-mount.ts';
import { SMALL } from './versions.ts';

const SHARED = 'composefs-fuse-shared';
const LIST_BYTES = 65_536;
/** Of the memory that is available, so much may go to servers. */
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

interface Live {
  readonly created: Created;
  readonly mounted: Mounted;
}

const serversOf = (live: readonly Live[]): readonly number[] => [
  ...new Set(live.flatMap(({ mounted }) => mounted.servers)),
];

const serverBytes = ({ meters }: Machine, live: readonly Live[]): { peak: number; share: number } => {
  const all = serversOf(live).flatMap((pid) => meters.processMemory(pid) ?? []);
  return {
    peak: all.reduce((sum, { peakBytes }) => sum + peakBytes, 0),
    share: all.reduce((sum, { shareBytes }) => sum + shareBytes, 0),
  };
};

/** Servers that are one for each mount: so many fit, or the slot says that they do not. */
const checkRoom = ({ machine }: Stage, live: readonly Live[], mounts: number): void => {
  if (live.length !== 2 || serversOf(live).length < 2) return;
  const wanted = (serverBytes(machine, live).share / 2) * mounts;
  const room = machine.meters.kernelMemory().availableBytes * SERVER_SHARE;
  if (wanted > room)
    throw new UserError(
      `${mounts} servers would take ${Math.round(wanted / 1e6)} MB, more than a quarter of what is available (${Math.round(room / 1e6)} MB)`,
      { code: 'skip', exit: 4 },
    );
};

/** What one mount takes of the kernel; `slabObject` counts objects in use, not whole slabs. */
const KERNEL: Readonly<Record<string, (now: KernelMemory) => number>> = {
  slabObjectPerMountBytes: (now) => now.slabObjectBytes,
  slabObjectPerMountCount: (now) =>
    [...now.caches.values()].reduce((sum, { objectCount }) => sum + objectCount, 0),
  slabPerMountBytes: (now) => now.slabBytes,
  percpuPerMountBytes: (now) => now.percpuBytes,
  kernelPerMountBytes: (now) => now.slabBytes + now.percpuBytes + now.stackBytes + now.pageTableBytes,
};
/** `slabObjectPerMountBytes` to `slabObjectPerMountResolutionBytes`. */
const resolutionOf = (metric: string): string =>
  metric.replace(/PerMount(?=[A-Z][a-z]+$)/, 'PerMountResolution');
/** Between two readings while nothing is mounted: others on the machine take and give back memory meanwhile. */
const QUIET_MS = 100;

interface Readings {
  readonly first: KernelMemory;
  /** With as little mounted as before the first. */
  readonly before: KernelMemory;
  readonly after: KernelMemory;
}

/**
 * A difference that is no larger than that of two readings without mounts is no measurement: its value is absent, and what it would
 * have had to exceed is there. Nothing at all where somebody dropped the caches meanwhile.
 */
export const kernelShare = ({ first, before, after }: Readings, mounts: number): Values =>
  after.dropCount !== first.dropCount
    ? {}
    : Object.fromEntries(
        Object.entries(KERNEL).map(([metric, of]) => {
          const resolution = Math.abs(of(before) - of(first));
          const added = of(after) - of(before);
          return added > resolution ? [metric, added / mounts] : [resolutionOf(metric), resolution / mounts];
        }),
      );

interface TakenDown extends Values {
  readonly unmountNs: number;
  readonly settleNs: number;
}

const LOOKS = 20;
const LOOK_MS = 50;

/** Whether it was given up a while later: what never is was taken by somebody else meanwhile, and says nothing of the unmount. */
const isFreedLater = async (ask: () => boolean | null): Promise<boolean> => {
  for (let look = 0; look < LOOKS; look++) {
    if (ask() === true) return true;
    await setTimeout(LOOK_MS);
  }
  return false;
};

/** Top down, the latest first; `stillThereCount` and `askedCount` are absent where nothing could be asked. */
export const takeDown = async (mounts: readonly Mounted[]): Promise<TakenDown> => {
  let [unmountNs, settleNs, askedCount, stillThereCount] = [0, 0, 0, 0];
  for (const mounted of [...mounts].reverse()) {
    const ask = mounted.held.kind === 'checked' ? mounted.held.watch() : () => null;
    unmountNs += await elapsed(() => mounted.unmount());
    const free = ask();
    settleNs += await elapsed(() => mounted.settle());
    const wasHeld = free === false && (await isFreedLater(ask));
    if (free === true || wasHeld) askedCount++;
    if (wasHeld) stillThereCount++;
  }
  return { unmountNs, settleNs, ...(askedCount === 0 ? {} : { askedCount, stillThereCount }) };
};

const removed = async (live: readonly Live[]): Promise<Values> => {
  const { unmountNs, settleNs, ...asked } = await takeDown(live.map(({ mounted }) => mounted));
  for (const { created } of live) await created.destroy();
  return {
    tearDownWallNs: unmountNs + settleNs,
    settlePerMountWallNs: settleNs / live.length,
    ...asked,
  };
};

const latency = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });

const KERNEL_TITLES: Readonly<Record<keyof typeof KERNEL, string>> = {
  slabObjectPerMountBytes: 'slab objects in use of one mount, bytes',
  slabObjectPerMountCount: 'slab objects in use of one mount',
  slabPerMountBytes: 'slab memory of one mount',
  percpuPerMountBytes: 'per-CPU memory of one mount',
  kernelPerMountBytes: 'slab, per-CPU memory, kernel stacks and page tables of one mount',
};
const kernelMetrics: Readonly<Record<string, Metric>> = Object.fromEntries(
  Object.entries(KERNEL_TITLES).flatMap(([metric, title]): [string, Metric][] => [
    [metric, latency(title)],
    [resolutionOf(metric), latency(`${title}: less than this, which is below what can be told`)],
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
  const live: Live[] = [];
  let setUpWallNs = 0;
  let nextMountWallNs = 0;
  for (const { created, at } of ready) {
    nextMountWallNs = await elapsed(async () => {
      live.push({ created, mounted: await created.mount(at) });
    });
    stage.mounted(live.at(-1)!.mounted);
    setUpWallNs += nextMountWallNs;
    checkRoom(stage, live, mounts);
  }
  const after = machine.meters.kernelMemory();
  const servers = serverBytes(machine, live);
  const mountListWallNs = await elapsed(async () => readList(machine));
  const down = await removed(live);
  return {
    setUpWallNs,
    nextMountWallNs,
    mountListWallNs,
    ...down,
    mountAndUnmountPerMountWallNs: (setUpWallNs + Number(down['tearDownWallNs'])) / mounts,
    ...kernelShare({ first, before, after }, mounts),
    serverPerMountBytes: servers.share / mounts,
    serverPeakPerMountBytes: servers.peak / mounts,
  };
};

export const scenario: Scenario = {
  id: 'live-mounts',
  question: 'What do many mounts that are alive at once cost?',
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
  variants: ['erofs-overlay-loop', SHARED],
  source: () => SMALL,
  cycles: () => 1,
  metrics: {
    setUpWallNs: latency('all mounts, one after another'),
    nextMountWallNs: latency('the last of them'),
    mountListWallNs: latency('reading /proc/self/mountinfo'),
    tearDownWallNs: latency('unmounting all, until each is gone'),
    settlePerMountWallNs: latency('waiting for one to be gone after its unmount returned'),
    mountAndUnmountPerMountWallNs: latency('setting one up and taking it down, until it is gone'),
    ...kernelMetrics,
    serverPerMountBytes: latency('what servers hold for one mount (Pss)'),
    serverPeakPerMountBytes: latency('the most that servers held for one mount (VmHWM)'),
    askedCount: {
      title: 'unmounts right after which was asked whether what the mount held is free',
      better: 'higher',
      noise: 'exact',
    },
    stillThereCount: latency('of them, those where it was not: lease, loop device, superblock or server'),
  },
  roughNs: (_, params) => 1.5e8 + Number(params['mounts']) * 3e6,
  async run(stage) {
    const { removeNewLoops } = stage.machine.mounts;
    // Every slot pays for the loop devices that it needs beyond those of the machine, and for no other slot's.
    await removeNewLoops();
    try {
      return await run(stage);
    } finally {
      await removeNewLoops();
    }
  },
  derive: (values) => values,
};
