// What can be planted on this machine so that a claim is no longer true, or that it cannot be seen: each by a mechanism that the rule
// knows nothing of. The registries of a test process are changed; nothing that ships is.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backends } from '../../harness/backends/registry.ts';
import type { Backend, Created, Mounted, Prepared, Store } from '../../harness/model/backend.ts';
import type { Image } from '../../harness/model/image.ts';
import type { Machine } from '../../harness/model/machine.ts';
import type { Scenario } from '../../harness/model/scenario.ts';
import { createStore } from '../../harness/store/store.ts';
import type { Judgement } from '../../report/claims/claim.ts';
import { scenarios } from '../../scenarios/registry.ts';

const MANIFEST = 'image.cfs';

const replace = <Item extends { readonly id: string }>(
  items: readonly Item[],
  id: string,
  change: (item: Item) => Item,
): void => {
  const at = items.findIndex((item) => item.id === id);
  if (at < 0) throw new Error(`nothing is called ${id}`);
  (items as Item[])[at] = change(items[at]!);
};

type Change<Thing> = (thing: Thing, image: Image, machine: Machine) => Thing;

/** The same backend, its life changed. */
const living =
  (change: Change<Prepared>) =>
  (backend: Backend): Backend => ({
    ...backend,
    prepare: async (image, machine, options) =>
      change(await backend.prepare(image, machine, options), image, machine),
  });

type AtCreate = (
  created: Created,
  place: { store: Store; dir: string; machine: Machine; image: Image },
) => Created;

const creating = (change: AtCreate) =>
  living((prepared, image, machine) => ({
    ...prepared,
    create: async (store, dir) => change(await prepared.create(store, dir), { store, dir, machine, image }),
  }));

type AtMount = (mounted: Mounted, place: { store: Store; dir: string }) => Mounted;

const mounting = (change: AtMount) =>
  creating((created, place) => ({
    ...created,
    mount: async (at, writable) => change(await created.mount(at, writable), place),
  }));

const inStandOf = (id: string, of: string) => (): Backend => {
  const other = backends.find((backend) => backend.id === of)!;
  const { title, how, answers } = backends.find((backend) => backend.id === id)!;
  return { ...other, id, title, how, ...(answers === undefined ? {} : { answers }) };
};

const plantIn = (ids: readonly string[], change: (backend: Backend) => Backend) => (): void => {
  for (const id of ids) replace(backends, id, change);
};

/** A manifest, and an empty file for each entry. */
const filePerEntry: AtCreate = (created, { dir, machine: { files }, image }) => {
  const paths = Array.from({ length: image.tree.count }, (_, entry) => join(dir, `entry-${entry}`));
  for (const path of paths) files.writeNew(path, Buffer.alloc(0));
  return {
    ...created,
    async destroy() {
      for (const path of paths) files.unlink(path);
      await created.destroy();
    },
  };
};

/** A process reads the folders of the store again and again while the image is mounted. */
const walkedMeanwhile: AtMount = (mounted, { store }) => {
  const walker: ChildProcess = spawn(
    'sh',
    ['-c', 'while :; do find "$@" -type f -size +0 >/dev/null 2>&1; done', 'sh', ...store.objectDirs],
    { stdio: 'ignore', detached: true },
  );
  const ended = new Promise((resolve) => walker.once('exit', resolve));
  return {
    ...mounted,
    async unmount() {
      process.kill(-walker.pid!, 'SIGKILL');
      await ended;
      await mounted.unmount();
    },
  };
};

const HOLD_SECONDS = '0.05';

/** A process has the manifest open when unmount returns, and for a while. */
const heldOpen: AtMount = (mounted, { dir }) => {
  let ended: Promise<unknown> = Promise.resolve();
  return {
    ...mounted,
    async unmount() {
      const fd = openSync(join(dir, MANIFEST), 'r');
      const holder = spawn('sleep', [HOLD_SECONDS], { stdio: ['ignore', 'ignore', 'ignore', fd] });
      ended = new Promise((resolve) => holder.once('exit', resolve));
      await new Promise((resolve) => holder.once('spawn', resolve));
      closeSync(fd);
      await mounted.unmount();
    },
    async settle() {
      await mounted.settle();
      await ended;
    },
  };
};

/** Unmount returns when the server behind the mount has ended, and not before. */
const waitingUnmount: AtMount = (mounted) => ({
  ...mounted,
  async unmount() {
    await mounted.unmount();
    await mounted.settle();
  },
});

/** The manifest is written anew before it is mounted: whatever was changed in it is gone. */
const mended: AtCreate = (created, { dir, machine: { files }, image }) => ({
  ...created,
  mount(at, writable) {
    files.unlink(join(dir, MANIFEST));
    files.writeNew(join(dir, MANIFEST), image.manifest);
    return created.mount(at, writable);
  },
});

/** Each image but the first has a store of its own, with a copy of every object. */
const copiedObjects = (): ((backend: Backend) => Backend) => {
  let first: string | null = null;
  return living((prepared, image, machine) => {
    first ??= image.name;
    if (image.name === first) return prepared;
    const ownOf = ({ state, objectDirs }: Store): Store =>
      createStore({ state, dir: join(dirname(objectDirs[0]!), `copy-${image.name}`), files: machine.files });
    return {
      ...prepared,
      ingest: (store) => prepared.ingest(ownOf(store)),
      create: (store, dir) => prepared.create(ownOf(store), dir),
      async collect(store, keep) {
        rmSync(dirname(ownOf(store).layerDir), { recursive: true });
        await prepared.collect(store, keep);
      },
    };
  });
};

/** Nothing that the version before brought in is there any more when the next one comes. */
const nothingKept: Change<Prepared> = (prepared, image) =>
  image.name.endsWith('-security') ? prepared : { ...prepared, ingest: async () => {} };

/** What is called a second file system is a folder of the first. */
const oneFileSystem = (scenario: Scenario): Scenario => ({
  ...scenario,
  run(stage) {
    let first: string | null = null;
    return scenario.run({
      ...stage,
      async fileSystem(type) {
        const reflinks = stage.slot.backend === 'reflink-checkout';
        if (first === null && reflinks) {
          const made = await stage.fileSystem('xfs');
          first = made.root;
          return made;
        }
        const made = await stage.fileSystem(type);
        const root = first === null ? stage.folder(`called-${type}`) : `${first}/called-${type}`;
        if (first !== null) stage.machine.files.mkdir(root, 0o755);
        return { ...made, root };
      },
    });
  },
});

type Verdict = Judgement['verdict'];

const SUPPORTED: readonly Verdict[] = ['supported'];
const REFUTED: readonly Verdict[] = ['not supported'];
const OPEN: readonly Verdict[] = ['undecided'];

export interface Plant {
  readonly claim: string;
  readonly id: string;
  /** The mechanism in words. */
  readonly what: string;
  /** Options of the run in which it is looked for, and of the same run without it. */
  readonly asks: readonly string[];
  /** What the rule may say without it and with it: never the same. */
  readonly usual: readonly Verdict[];
  readonly planted: readonly Verdict[];
  /** The plant without which the same run is made, where the machine as it is says the same already. */
  readonly against?: string;
  plant(): void;
}

const SMALL = ['--images', 'synthetic:files=40,layers=2,seed=5'];
const LOOPS = 'erofs-overlay,erofs-overlay-loop,erofs-overlay-loop-dio';
const COUNTED = [...SMALL, '--count-only', '--count-passes', '3'];

export const plants: readonly Plant[] = [
  {
    claim: 'C1',
    id: 'file-per-entry',
    usual: SUPPORTED,
    planted: REFUTED,
    what: 'manifest backends write an empty file for each entry in create, and unlink it in destroy',
    asks: ['--scenarios', 'churn,churn-scale', ...COUNTED],
    plant: plantIn(['erofs-overlay', 'composefs-fuse'], creating(filePerEntry)),
  },
  {
    claim: 'C3',
    id: 'reflinks-that-link',
    usual: SUPPORTED,
    planted: [...REFUTED, ...OPEN],
    what: 'what is called a reflink checkout is one of hard links',
    asks: ['--scenarios', 'sharing-cache', ...COUNTED],
    plant: plantIn(['reflink-checkout'], inStandOf('reflink-checkout', 'hardlink-checkout')),
  },
  {
    claim: 'C4',
    id: 'one-file-system',
    usual: SUPPORTED,
    planted: [...REFUTED, ...OPEN],
    what: 'the second file system is a folder on the first',
    asks: ['--scenarios', 'many-stores', ...COUNTED],
    plant: () => replace(scenarios, 'many-stores', oneFileSystem),
  },
  {
    claim: 'C8',
    id: 'walked-store',
    usual: SUPPORTED,
    planted: REFUTED,
    what: 'a process walks the object store while the mount is listed',
    asks: ['--scenarios', 'lookup-trace', ...COUNTED],
    plant: plantIn(['erofs-overlay'], mounting(walkedMeanwhile)),
  },
  {
    claim: 'C11',
    id: 'direct-loop',
    usual: [...SUPPORTED, ...OPEN],
    planted: REFUTED,
    what: 'what is called a buffered loop device is a direct one',
    asks: ['--scenarios', 'walk-cold', '--backends', LOOPS, ...SMALL, '--blocks', '8'],
    plant: plantIn(['erofs-overlay-loop'], inStandOf('erofs-overlay-loop', 'erofs-overlay-loop-dio')),
  },
  {
    claim: 'C13',
    id: 'mended-manifest',
    usual: SUPPORTED,
    planted: OPEN,
    what: 'a manifest is written anew before it is mounted, so that no change in it is shown',
    asks: ['--scenarios', 'tamper', ...COUNTED],
    plant: plantIn(['erofs-overlay'], creating(mended)),
  },
  {
    claim: 'C14',
    id: 'copied-objects',
    usual: SUPPORTED,
    planted: REFUTED,
    what: 'the second version has copies of all objects in a store of its own',
    asks: ['--scenarios', 'sharing-cache,sharing-disk', ...COUNTED],
    plant: plantIn(['erofs-overlay'], copiedObjects()),
  },
  {
    claim: 'C15',
    id: 'nothing-kept',
    usual: SUPPORTED,
    planted: REFUTED,
    what: 'no object of the version before is there when the next one comes',
    // Images of several layers are asked where there is time.
    asks: ['--profile', 'full', '--scenarios', 'update', ...COUNTED],
    plant: plantIn(['erofs-overlay'], living(nothingKept)),
  },
  {
    claim: 'C19',
    id: 'waiting-unmount',
    usual: REFUTED,
    planted: [...SUPPORTED, ...OPEN],
    what: 'unmount of a served mount waits until its server has ended',
    asks: ['--scenarios', 'live-mounts', ...SMALL, '--blocks', '8'],
    plant: plantIn(['composefs-fuse'], mounting(waitingUnmount)),
  },
  {
    claim: 'C19',
    id: 'held-manifest',
    usual: [...SUPPORTED, ...OPEN],
    planted: REFUTED,
    what: 'a process has the manifest open when unmount returns, with servers that are waited for',
    against: 'waiting-unmount',
    asks: ['--scenarios', 'live-mounts', ...SMALL, '--blocks', '8'],
    plant() {
      plantIn(['composefs-fuse'], mounting(waitingUnmount))();
      plantIn(['erofs-overlay'], mounting(heldOpen))();
    },
  },
];
