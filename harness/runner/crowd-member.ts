// One thread of a crowd: prepares the slot's image, runs one life as a rehearsal, and then one life on command.
//
// No thread unmounts before all have mounted, in the rehearsal too: a command that another thread starts holds a copy of all
// descriptors until its exec, and with a descriptor of a new mount it keeps that mount busy.
//
// Needs:   a worker thread; its starter passes the registry of backends.
// Does:    ingest, create, mount; unmount, settle, destroy, collect, each on a command of the main thread; with local=files neither
//          ingest nor collect.
// Leaves:  files in the slot's folder only; `detach` detaches remaining mounts.
import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { readImage } from '../erofs/read-image.ts';
import {
  type Backend,
  type Created,
  hasNoIngest,
  type Local,
  type Mounted,
  type Prepared,
  type Store,
} from '../model/backend.ts';
import type { LifeTimes } from '../model/crowd.ts';
import { UserError } from '../model/errors.ts';
import type { Image, Layer } from '../model/image.ts';
import type { Features } from '../model/machine.ts';
import type { Tree } from '../model/tree.ts';
import { createStore, withOwnLayers } from '../store/store.ts';
import { nowNs } from '../sys/clock.ts';
import { createMachine } from '../sys/machine.ts';
import { refuseLost } from './lost-servers.ts';

/** An image as it is sent to another thread: without trees, which are read from the manifest there. */
export type SentImage = Omit<Image, 'tree' | 'layers' | 'bareManifest' | 'family' | 'base'> & {
  readonly layers: readonly Omit<Layer, 'tree'>[];
  readonly bare: Uint8Array;
};

export interface MemberTask {
  readonly backend: string;
  readonly options: Readonly<Record<string, string>>;
  readonly image: SentImage;
  readonly features: Features;
  readonly local: Exclude<Local, 'image'>;
  /** Folder of the run's full store, for local=files. */
  readonly fullDir: string;
  /** A folder of its own on the work file system. */
  readonly dir: string;
  readonly scratch: string;
  /** The run's work folder. */
  readonly workDir: string;
  readonly limitMs: number;
  /** 32 bits of shared memory: lives go on while they are 0. */
  readonly stopped: SharedArrayBuffer;
}

export type CrowdCommand = 'rehearsed' | 'up' | 'down' | 'live' | 'end';

export type Reply =
  | { readonly kind: 'done' }
  | { readonly kind: 'lived'; readonly lives: readonly LifeTimes[] }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly code: string;
      readonly facts: readonly string[];
    };

const received = ({ layers, bare, ...image }: SentImage): Image => {
  const tree = readImage(Buffer.from(image.manifest));
  return {
    ...image,
    tree,
    layers: layers.map((layer) => ({
      ...layer,
      get tree(): Tree {
        throw new Error('trees of single layers are not sent to another thread');
      },
    })),
    bareManifest: () => bare,
  };
};

interface MountedLife {
  readonly created: Created;
  readonly mounted: Mounted;
}

const openLife = (prepared: Prepared, store: Store, task: MemberTask, number: number) => {
  const dir = join(task.dir, `image-${number}`);
  const at = join(task.dir, `mount-${number}`);
  for (const folder of [dir, at]) mkdirSync(folder);
  let alive: MountedLife | null = null;
  return {
    async up(): Promise<Mounted> {
      if (task.local === 'nothing') await prepared.ingest(store);
      const created = await prepared.create(store, dir);
      const mounted = await created.mount(at);
      alive = { created, mounted };
      return mounted;
    },
    async down(): Promise<void> {
      const { created, mounted } = alive!;
      await mounted.unmount();
      await mounted.settle();
      alive = null;
      await created.destroy();
      if (task.local === 'nothing') await prepared.collect(store, []);
    },
    detach: () => alive?.mounted.detach(),
  };
};

type OpenLife = ReturnType<typeof openLife>;

const liveOn = async ({ up, down }: OpenLife, stopped: Int32Array): Promise<readonly LifeTimes[]> => {
  const lives: LifeTimes[] = [];
  while (Atomics.load(stopped, 0) === 0) {
    const startedNs = nowNs();
    await up();
    lives.push({ startedNs, readyNs: nowNs() });
    await down();
  }
  return lives;
};

/** Folders with files stay and are reported as leaks. */
const removeEmpty = (dir: string): boolean => {
  const all = readdirSync(dir, { withFileTypes: true }).map(
    (entry) => entry.isDirectory() && removeEmpty(join(dir, entry.name)),
  );
  if (all.includes(false)) return false;
  rmdirSync(dir);
  return true;
};

const failed = (error: unknown): Reply =>
  error instanceof UserError
    ? { kind: 'failed', message: error.message, code: error.code, facts: error.facts }
    : { kind: 'failed', message: String(error), code: 'error', facts: [] };

/** Replies once when its rehearsal is mounted, and once to every command except `end`. */
export const runMember = async (
  task: MemberTask,
  backends: readonly Backend[],
  port: MessagePort,
): Promise<void> => {
  const reply = (value: Reply): void => port.postMessage(value);
  const backend = backends.find(({ id }) => id === task.backend)!;
  const machine = createMachine(task.features, {
    scratch: task.scratch,
    workDir: task.workDir,
    commandLimitMs: () => task.limitMs,
  });
  const stores = [0, 1].map((number) => {
    const dir = join(task.dir, `store-${number}`);
    const layersOnly = hasNoIngest(backend);
    return task.local === 'nothing'
      ? createStore({ state: 'empty', dir, layersOnly, files: machine.files })
      : withOwnLayers(createStore({ state: 'full', dir: task.fullDir, files: machine.files }), dir);
  });
  const prepared = await backend.prepare(received(task.image), machine, task.options);
  const lives = stores.map((store, number) => openLife(prepared, store, task, number));
  const [rehearsal, life] = [lives[0]!, lives[1]!];
  const replyAfter = async (work: () => Promise<unknown>, done?: () => Reply): Promise<void> => {
    try {
      await work();
      refuseLost(machine);
      reply(done === undefined ? { kind: 'done' } : done());
    } catch (error) {
      reply(failed(error));
    }
  };
  const check = ({ root, fsType }: Mounted): void => {
    const found = machine.mounts.typeAt(root);
    if (found !== fsType)
      throw new UserError('the mount has another file system type than the backend', {
        code: 'wrong-mount',
        facts: [`at: ${root}`, `expected: ${fsType}`, `found: ${found ?? 'no mount'}`],
      });
  };
  await replyAfter(async () => check(await rehearsal.up()));
  port.on('message', async (command: CrowdCommand) => {
    if (command === 'rehearsed') await replyAfter(rehearsal.down);
    if (command === 'up') await replyAfter(life.up);
    if (command === 'down') await replyAfter(life.down);
    if (command === 'live') {
      let times: readonly LifeTimes[] = [];
      await replyAfter(
        async () => {
          times = await liveOn(life, new Int32Array(task.stopped));
        },
        () => ({ kind: 'lived', lives: times }),
      );
    }
    if (command !== 'end') return;
    try {
      for (const one of lives) one.detach();
      await prepared.close?.();
      removeEmpty(task.dir);
    } finally {
      port.close();
    }
  });
};
