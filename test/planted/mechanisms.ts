// Changes of backends and scenarios that make a claim false, or hide what it is about. They change the registries of a test process.
import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backends } from '../../harness/backends/registry.ts';
import type { Backend, Created, Mounted, Prepared, Store } from '../../harness/model/backend.ts';
import type { Image } from '../../harness/model/image.ts';
import type { Machine } from '../../harness/model/machine.ts';
import type { Scenario } from '../../harness/model/scenario.ts';
import { createStore } from '../../harness/store/store.ts';

const MANIFEST = 'image.cfs';

export const replace = <Item extends { readonly id: string }>(
  items: readonly Item[],
  id: string,
  change: (item: Item) => Item,
): void => {
  const at = items.findIndex((item) => item.id === id);
  if (at < 0) throw new Error(`no item has the id ${id}`);
  (items as Item[])[at] = change(items[at]!);
};

type PreparedChange = (prepared: Prepared, image: Image, machine: Machine) => Prepared;

/** Changes the life of a backend. */
export const changeLife =
  (change: PreparedChange) =>
  (backend: Backend): Backend => ({
    ...backend,
    prepare: async (image, machine, options) =>
      change(await backend.prepare(image, machine, options), image, machine),
  });

type CreatedChange = (
  created: Created,
  place: { store: Store; dir: string; machine: Machine; image: Image },
) => Created;

export const changeCreate = (change: CreatedChange) =>
  changeLife((prepared, image, machine) => ({
    ...prepared,
    create: async (store, dir) => change(await prepared.create(store, dir), { store, dir, machine, image }),
  }));

type MountedChange = (mounted: Mounted, place: { store: Store; dir: string }) => Mounted;

export const changeMount = (change: MountedChange) =>
  changeCreate((created, place) => ({
    ...created,
    mount: async (at, writable) => change(await created.mount(at, writable), place),
  }));

/** The backend `of` under the id and title of `id`. */
export const replacedBy = (id: string, of: string) => (): Backend => {
  const other = backends.find((backend) => backend.id === of)!;
  const { title, how, answers } = backends.find((backend) => backend.id === id)!;
  return { ...other, id, title, how, ...(answers === undefined ? {} : { answers }) };
};

export const changeBackends = (ids: readonly string[], change: (backend: Backend) => Backend) => (): void => {
  for (const id of ids) replace(backends, id, change);
};

/** Writes an empty file per entry beside the manifest. */
export const writeFilePerEntry: CreatedChange = (created, { dir, machine: { files }, image }) => {
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

const HOLD_SECONDS = '0.05';

/** A process holds the manifest open for a while after unmount returns. */
export const holdManifest: MountedChange = (mounted, { dir }) => {
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

/** Unmount returns only after the server has ended. */
export const waitForServer: MountedChange = (mounted) => ({
  ...mounted,
  async unmount() {
    await mounted.unmount();
    await mounted.settle();
  },
});

/** Writes the manifest again before the mount, which undoes every change. */
export const rewriteManifest: CreatedChange = (created, { dir, machine: { files }, image }) => ({
  ...created,
  mount(at, writable) {
    files.unlink(join(dir, MANIFEST));
    files.writeNew(join(dir, MANIFEST), image.manifest);
    return created.mount(at, writable);
  },
});

/** Every image except the first has its own store, with a copy of every object. */
export const copyObjects = (): ((backend: Backend) => Backend) => {
  let first: string | null = null;
  return changeLife((prepared, image, machine) => {
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
        return prepared.collect(store, keep);
      },
    };
  });
};

/** The later version finds no object of the earlier one. */
export const keepNothing: PreparedChange = (prepared, image) =>
  image.name.endsWith('-security') ? prepared : { ...prepared, ingest: async () => {} };

/** The second file system is a folder on the first. */
export const oneFileSystem = (scenario: Scenario): Scenario => ({
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

/** A walk of the store's object folders follows each `ls` of an EROFS + overlayfs mount. */
export const walkStore = (scenario: Scenario): Scenario => ({
  ...scenario,
  run(stage) {
    let objectDirs: readonly string[] = [];
    return scenario.run({
      ...stage,
      storeIn(roots) {
        const store = stage.storeIn(roots);
        ({ objectDirs } = store);
        return store;
      },
      async command(actor, argv) {
        await stage.command(actor, argv);
        if (actor === 'ls' && stage.slot.backend === 'erofs-overlay')
          await stage.command('find', ['find', ...objectDirs, '-type', 'f', '-size', '+0']);
      },
    });
  },
});
