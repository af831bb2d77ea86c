// Many mounts alive at once, each of an image of its own making: what they take of the kernel and of servers, what one more
// costs, how long the list of mounts takes to read, and to take all down.
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

const kernelBytes = (now: KernelMemory): number =>
  now.slabBytes + now.percpuBytes + now.stackBytes + now.pageTableBytes;

/** Nothing where somebody dropped the caches meanwhile: then what is kept is not what was added. */
const kernelShare = (before: KernelMemory, after: KernelMemory, mounts: number): Values =>
  after.dropCount !== before.dropCount
    ? {}
    : {
        slabPerMountBytes: (after.slabBytes - before.slabBytes) / mounts,
        percpuPerMountBytes: (after.percpuBytes - before.percpuBytes) / mounts,
        kernelPerMountBytes: (kernelBytes(after) - kernelBytes(before)) / mounts,
      };

/** Right after the call returned: a server that lives, a loop device that is bound. */
const stillThere = ({ files, meters }: Machine, { servers, devices = [] }: Mounted): boolean =>
  servers.some((pid) => meters.processMemory(pid) !== null) ||
  devices.some((device) => files.exists(`/sys/block/${device.slice('/dev/'.length)}/loop/backing_file`));

const takeDown = async (stage: Stage, live: readonly Live[]): Promise<Values> => {
  let unmountNs = 0;
  let settleNs = 0;
  let stillThereCount = 0;
  for (const { mounted } of [...live].reverse()) {
    unmountNs += await elapsed(() => mounted.unmount());
    if (stillThere(stage.machine, mounted)) stillThereCount++;
    settleNs += await elapsed(() => mounted.settle());
  }
  for (const { created } of live) await created.destroy();
  return {
    tearDownWallNs: unmountNs + settleNs,
    settlePerMountWallNs: settleNs / live.length,
    // One server for many mounts has to stay.
    ...(stage.slot.backend === SHARED ? {} : { stillThereCount }),
  };
};

const latency = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });

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
  const down = await takeDown(stage, live);
  return {
    setUpWallNs,
    nextMountWallNs,
    mountListWallNs,
    ...down,
    ...kernelShare(before, after, mounts),
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
    slabPerMountBytes: latency('slab memory of one mount'),
    percpuPerMountBytes: latency('per-CPU memory of one mount'),
    kernelPerMountBytes: latency('slab, per-CPU memory, kernel stacks and page tables of one mount'),
    serverPerMountBytes: latency('what servers hold for one mount (Pss)'),
    serverPeakPerMountBytes: latency('the most that servers held for one mount (VmHWM)'),
    stillThereCount: latency('mounts of which a server or loop device was there when unmount had returned'),
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
