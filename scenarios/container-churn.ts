// Starts and stops containers of one image: each gets a writable layer, writes one file, and is removed with its layer.
//
// local=image: all containers share one image that is set up once. local=files: each container sets the image up and removes it.
//
// stack=one: one overlay of upper layer, manifest and object store (or layers) if the backend is an overlay, else an overlay
// over the mount. stack=over: always an overlay over the mount, as tools do that know only a mount point.
import { join } from 'node:path';
import type { Created, Mounted } from '../harness/model/backend.ts';
import { known, sumOf } from '../harness/model/metrics.ts';
import type { Metric, Params, Scenario, Stage } from '../harness/model/scenario.ts';

const OWNER_ONLY = 0o700;
/** One page, which each container writes. */
const WRITTEN = new Uint8Array(4096).fill(0x63);
const START = ['createWallNs', 'mountWallNs'];
const STOP = ['unmountWallNs', 'settleEachWallNs', 'destroyWallNs'];

interface Container {
  readonly dir: string;
  readonly mounted: Mounted;
  /** Null: the image is shared. */
  readonly own: Created | null;
}

const imageOf = async (stage: Stage, shared: Created | null, name: string): Promise<Created> =>
  shared ?? stage.prepared.create(stage.storeOf(0), stage.folder(`${name}-image`));

const start = async (stage: Stage, shared: Created | null, name: string): Promise<Container> => {
  const { files } = stage.machine;
  const dir = stage.folder(name);
  const at = stage.folder(`${name}-mount`);
  const [upper, work] = [join(dir, 'upper'), join(dir, 'work')];
  const image = await stage.phase('create', async () => {
    files.mkdir(upper, OWNER_ONLY);
    files.mkdir(work, OWNER_ONLY);
    return imageOf(stage, shared, name);
  });
  const over = stage.slot.params['stack'] === 'over';
  const mounted = await stage.phase('mount', () => image.mount(at, { upper, work, over }));
  stage.mounted(mounted);
  await stage.phase('use', async () => files.writeNew(join(mounted.root, 'written'), WRITTEN));
  return { dir, mounted, own: shared === null ? image : null };
};

/** All mounts share a manifest, which is free after the last unmount: settling is one window for all. */
const stopAll = async (stage: Stage, containers: readonly Container[]): Promise<void> => {
  for (const { mounted } of containers) await stage.phase('unmount', () => mounted.unmount());
  await stage.phase('settle', async () => {
    for (const { mounted } of containers) await mounted.settle();
  });
  for (const { dir, own } of containers)
    await stage.phase('destroy', async () => {
      await stage.command('rm', ['rm', '-rf', join(dir, 'upper'), join(dir, 'work')]);
      await own?.destroy();
    });
};

const variation = (local: 'files' | 'image', containers: number, stack: 'one' | 'over' = 'one'): Params => ({
  local,
  containers,
  stack,
});

const latency = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });

export const scenario: Scenario = {
  id: 'container-churn',
  question: 'What does it cost to start and stop containers that write, all of the same image?',
  cache: 'warm',
  reproduce:
    'create, once or with local=files in each container; for each container: mkdir upper work, mount, write 4 KiB; then unmount all, settle, rm -rf each upper work',
  headline: ['startWallNs', 'useWallNs', 'stopWallNs', 'containersPerSecond'],
  ownSection: true,
  needs: [{ title: 'rm', anyOf: ['rm'] }],
  params: [variation('image', 1), variation('image', 16)],
  largeParams: [variation('image', 64), variation('image', 16, 'over'), variation('files', 1)],
  metrics: {
    startWallNs: latency('starting a container: make its folders, mount'),
    stopWallNs: latency('stopping a container: unmount, settle, remove its writable layer'),
    settleEachWallNs: latency('settling of all containers, per container'),
    containersPerSecond: {
      title: 'containers per second, each started, written to once and stopped',
      better: 'higher',
      noise: 'noisy',
    },
  },
  cycles: () => 1,
  roughNs: (_, params) => 1e8 + Number(params['containers']) * 1.2e7,
  async run(stage) {
    const shared =
      stage.slot.params['local'] === 'image'
        ? await stage.prepared.create(stage.store, stage.folder('image'))
        : null;
    stage.sync();
    const containers: Container[] = [];
    for (let i = 0; i < Number(stage.slot.params['containers']); i++)
      containers.push(await start(stage, shared, `container-${i}`));
    // Write back, so that files on disk are removed.
    stage.sync();
    await stopAll(stage, containers);
    await shared?.destroy();
    return {};
  },
  derive({ settleWallNs, ...measured }, { containers }) {
    const values = {
      ...measured,
      ...known('settleEachWallNs', settleWallNs === undefined ? null : settleWallNs / Number(containers)),
    };
    const whole = sumOf(values, [...START, 'useWallNs', ...STOP]);
    return {
      ...values,
      ...known('startWallNs', sumOf(values, START)),
      ...known('stopWallNs', sumOf(values, STOP)),
      ...known('containersPerSecond', whole === null ? null : 1e9 / whole),
    };
  },
};
