// Containers of one image, over and over: each is given a writable layer of its own, writes one file and is removed with it.
//
// local=image: the image is set up once and all containers share it. local=files: each container sets the image up for itself, as
// where nothing is shared between them, and removes it.
//
// stack=one: one overlay of upper layer, manifest and object store (or layers) where the backend is one, else an overlay over the
// mount. stack=over: always an overlay over the mount, as tools make it that know no more than a mount point.
import { join } from 'node:path';
import type { Created, Mounted } from '../harness/model/backend.ts';
import { known, sumOf } from '../harness/model/metrics.ts';
import type { Metric, Params, Scenario, Stage } from '../harness/model/scenario.ts';

const OWNER_ONLY = 0o700;
/** What a container writes: one page. */
const WRITTEN = new Uint8Array(4096).fill(0x63);
const START = ['createWallNs', 'mountWallNs'];
const STOP = ['unmountWallNs', 'settleEachWallNs', 'destroyWallNs'];

interface Container {
  readonly dir: string;
  readonly mounted: Mounted;
  /** Null: the image is shared. */
  readonly own: Created | null;
}

/** The image of one container: the shared one, or its own. */
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

/** All share a manifest, and it is let go when the last mount is gone: settling is one window for all. */
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

const of = (local: 'files' | 'image', containers: number, stack: 'one' | 'over' = 'one'): Params => ({
  local,
  containers,
  stack,
});

const latency = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });

export const scenario: Scenario = {
  id: 'container-churn',
  question: 'What does it cost to start and stop containers that write, all of one image?',
  cache: 'warm',
  reproduce:
    'create once; for each container: mkdir upper work, mount, write 4 KiB; then unmount all, wait until they are gone, rm -rf each upper work',
  headline: ['startWallNs', 'useWallNs', 'stopWallNs', 'containersPerSecond'],
  ownSection: true,
  needs: [{ title: 'rm', anyOf: ['rm'] }],
  params: [of('image', 1), of('image', 16)],
  largeParams: [of('image', 64), of('image', 16, 'over'), of('files', 1)],
  metrics: {
    startWallNs: latency('a container starts: folders made, mounted'),
    stopWallNs: latency('a container is gone: unmounted, settled, its writable layer removed'),
    settleEachWallNs: latency('waiting until all are gone, for each of them'),
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
    // Removal is of what is on disk.
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
