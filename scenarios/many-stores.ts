// Spreads the objects of one image over two file systems and reads every file.
import { dirname } from 'node:path';
import type { PathState } from '../harness/inspect/requests.ts';
import type { Store } from '../harness/model/backend.ts';
import { UserError } from '../harness/model/errors.ts';
import type { MadeType } from '../harness/model/machine.ts';
import type { Scenario, Stage } from '../harness/model/scenario.ts';
import { S_IFMT, S_IFREG, type Tree } from '../harness/model/tree.ts';
import { inspect } from './inspect.ts';
import { SMALL } from './versions.ts';

/** Paths are sent as JSON text. */
const PLAIN = /^[\x21-\x7e]+$/;
/** EXDEV in the locale C. */
const CROSSES = 'Invalid cross-device link';
const BLOCK_IMAGE = 'erofs-full';
const REFLINKS = 'reflink-checkout';
const REFLINKED = Buffer.alloc(65_536, 'r');
const FOLDER_MODE = 0o755;

interface ObjectFile {
  readonly path: string;
  readonly digest: string;
}

const filesOf = (tree: Tree): readonly ObjectFile[] => {
  const files: ObjectFile[] = [];
  for (let index = 1; index < tree.count; index++) {
    const { mode, size, content, digest } = tree.entry(index);
    const path = tree.path(index);
    if ((mode & S_IFMT) === S_IFREG && size > 0n && content === null && digest !== null && PLAIN.test(path))
      files.push({ path, digest });
  }
  return files;
};

interface StoreTrial {
  readonly rightFileCount: number;
  readonly crossDeviceCount: number;
  /** File systems that hold the contents. */
  readonly storeDeviceCount: number;
  /** Absent: the contents are not objects of a store. */
  readonly secondStoreObjectCount?: number;
}

interface StoreSpread {
  readonly dirs: readonly string[];
  /** Folder for the results of create. */
  readonly image: string;
  readonly files: readonly ObjectFile[];
}

/** Object folders exist from the first object on: a backend that keeps files elsewhere has none. */
const devicesOf = ({ machine: { files } }: Stage, paths: readonly string[]): number =>
  new Set(paths.map((path) => files.deviceOf(files.exists(path) ? path : dirname(path)))).size;

const crossesDevices = async (work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work();
    return false;
  } catch (error) {
    if (!(error instanceof UserError) || !error.facts.some((fact) => fact.includes(CROSSES))) throw error;
    return true;
  }
};

const countRightFiles = async (
  stage: Stage,
  store: Store,
  { image, files }: StoreSpread,
): Promise<number> => {
  const { prepared } = stage;
  const created = await prepared.create(store, image);
  const mounted = await created.mount(stage.folder('mount'));
  stage.mounted(mounted);
  const seen = await inspect<readonly PathState[]>(stage, {
    kind: 'path-states',
    paths: files.map(({ path }) => `${mounted.root}${path}`),
  });
  await mounted.unmount();
  await mounted.settle();
  await created.destroy();
  return seen.filter(({ digest }, i) => digest === files[i]!.digest).length;
};

const FAN = /^[0-9a-f]{2}$/;

/** Objects that the store put into this folder. */
const objectsIn = ({ machine: { files } }: Stage, dir: string): number =>
  files.exists(dir)
    ? files
        .names(dir)
        .filter((name) => FAN.test(name))
        .reduce((sum, fan) => sum + files.names(`${dir}/${fan}`).length, 0)
    : 0;

/** A block image holds its contents in one file of its own. */
const tryMount = async (stage: Stage, spread: StoreSpread): Promise<StoreTrial> => {
  const { dirs, image } = spread;
  const store = stage.storeIn(dirs);
  await stage.prepared.ingest(store);
  const isBlock = stage.slot.backend === BLOCK_IMAGE;
  const storeDeviceCount = devicesOf(stage, isBlock ? [image] : dirs);
  const inSecond = isBlock ? {} : { secondStoreObjectCount: objectsIn(stage, store.objectDirs[1]!) };
  let rightFileCount = 0;
  const refused = await crossesDevices(async () => {
    rightFileCount = await countRightFiles(stage, store, spread);
  });
  if (refused) await stage.command('rm', ['rm', '-rf', image]);
  await stage.prepared.collect(store, []);
  return { rightFileCount, crossDeviceCount: Number(refused), storeDeviceCount, ...inSecond };
};

/** Reflinks one file within the first file system, which must work, and one from the second into the first. */
const tryReflink = async (
  stage: Stage,
  [first = '', second = '']: readonly string[],
): Promise<StoreTrial> => {
  const { files } = stage.machine;
  const copy = (from: string, to: string) => stage.command('cp', ['cp', '--reflink=always', from, to]);
  for (const dir of [first, second]) files.mkdir(dir, FOLDER_MODE);
  for (const dir of [first, second]) files.writeNew(`${dir}/file`, REFLINKED);
  await copy(`${first}/file`, `${first}/within`);
  const refused = await crossesDevices(() => copy(`${second}/file`, `${first}/across`));
  const storeDeviceCount = devicesOf(stage, [first, second]);
  await stage.command('rm', ['rm', '-rf', first, second]);
  return { rightFileCount: 0, crossDeviceCount: Number(refused), storeDeviceCount };
};

const count = (title: string, better: 'lower' | 'higher') => ({ title, better, noise: 'exact' }) as const;

export const scenario: Scenario = {
  id: 'many-stores',
  question: 'Can the objects of one image be on two file systems?',
  cache: 'warm',
  reproduce:
    'objects by their first digit in one of two folders, one on the work file system, one on a file system of its own on a loop file; cp --reflink=always from one XFS to another file system',
  headline: ['rightFileCount', 'crossDeviceCount', 'storeDeviceCount'],
  ownSection: true,
  needs: [{ title: 'root in the initial user namespace', anyOf: ['root'] }],
  params: [{ second: 'ext4' }],
  largeParams: [{ second: 'xfs' }],
  paramNeeds: ({ second }) => [
    second === 'xfs'
      ? { title: 'XFS on a loop file', anyOf: ['xfs-loop'] }
      : { title: 'ext4 on a loop file', anyOf: ['ext4-loop'] },
  ],
  passes: ['count'],
  inspects: true,
  only: ['composefs-fuse', 'erofs-overlay', 'hardlink-checkout', REFLINKS, BLOCK_IMAGE],
  source: () => SMALL,
  cycles: () => 1,
  metrics: {
    objectFileCount: count('files whose contents are objects', 'higher'),
    secondStoreObjectCount: count('objects in the second file system', 'higher'),
    storeDeviceCount: count('file systems that hold the contents (st_dev)', 'higher'),
    rightFileCount: count('files read with the right contents', 'higher'),
    crossDeviceCount: { ...count('refused with EXDEV', 'lower'), yesNo: true },
  },
  roughNs: () => 5e8,
  async run(stage) {
    const { slot, image } = stage;
    const second = await stage.fileSystem(slot.params['second'] as MadeType);
    if (slot.backend === REFLINKS) {
      const first = await stage.fileSystem('xfs');
      return { ...(await tryReflink(stage, [`${first.root}/store`, `${second.root}/store`])) };
    }
    const files = filesOf(image.tree);
    const dirs = [stage.folder('first'), `${second.root}/store`];
    stage.machine.files.mkdir(dirs[1]!, FOLDER_MODE);
    const tried = await tryMount(stage, {
      dirs,
      image: stage.folder('image'),
      files,
    });
    return {
      objectFileCount: files.length,
      ...tried,
    };
  },
  derive: (values) => values,
};
