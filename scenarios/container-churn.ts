// Containers of one image, over and over: each is given a writable layer of its own, writes one file and is removed with it.
//
// stack=one: one overlay of upper layer, manifest and object store (or layers) where the backend is one, else an overlay over the
// mount. stack=over: always an overlay over the mount, as tools make it that know no more than a mount point.
import { join } from 'node:path';
import type { Created, Mounted } from '../harness/model/backend.ts';
import { known, sumOf } from '../harness/model/metrics.ts';
import type { Metric, Scenario, Stage } from '../harness/model/scenario.ts';

const OWNER_ONLY = 0o700;
/** What a container writes: one page. */
const WRITTEN = new Uint8Array(4096).fill(0x63);
const START = ['createWallNs', 'mountWallNs'];
const STOP = ['unmountWallNs', 'settleEachWallNs', 'destroyWallNs'];

interface Container {
  readonly dir: string;
  readonly mounted: Mounted;
}

const start = async (stage: Stage, image: Created, name: string): Promise<Container> => {
  const { files } = stage.machine;
  const dir = stage.folder(name);
  const at = stage.folder(`${name}-mount`);
  const [upper, work] = [join(dir, 'upper'), join(dir, 'work')];
  await stage.phase('create', async () => {
    files.mkdir(upper, OWNER_ONLY);
    files.mkdir(work, OWNER_ONLY);
  });
  const over = stage.slot.params['stack'] === 'over';
  const mounted = await stage.phase('mount', () => image.mount(at, { upper, work, over }));
  stage.mounted(mounted);
  await stage.phase('use', async () => files.writeNew(join(mounted.root, 'written'), WRITTEN));
  return { dir, mounted };
};

/** All share a manifest, and it is let go when the last mount is gone: settling is one window for all. */
const stopAll = async (stage: Stage, containers: readonly Container[]): Promise<void> => {
  for (const { mounted } of containers) await stage.phase('unmount', () => mounted.unmount());
  await stage.phase('settle', async () => {
    for (const { mounted } of containers) await mounted.settle();
  });
  for (const { dir } of containers)
    await stage.phase('destroy', () =>
      stage.command('rm', ['rm', '-rf', join(dir, 'upper'), join(dir, 'work')]),
    );
};

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
  params: [
    { containers: 1, stack: 'one' },
    { containers: 16, stack: 'one' },
  ],
  largeParams: [
    { containers: 64, stack: 'one' },
    { containers: 16, stack: 'over' },
  ],
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
    const image = await stage.prepared.create(stage.store, stage.folder('image'));
    stage.sync();
    const containers: Container[] = [];
    for (let i = 0; i < Number(stage.slot.params['containers']); i++)
      containers.push(await start(stage, image, `container-${i}`));
    // Removal is of what is on disk.
    stage.sync();
    await stopAll(stage, containers);
    await image.destroy();
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
