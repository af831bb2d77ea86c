// The objects of one image spread over two file systems: does it still show every file?
import type { Seen } from '../harness/look/questions.ts';
import { UserError } from '../harness/model/errors.ts';
import type { Scenario, Stage } from '../harness/model/scenario.ts';
import { S_IFMT, S_IFREG, type Tree } from '../harness/model/tree.ts';
import { look } from './look.ts';
import { SMALL } from './versions.ts';

/** Paths go through JSON as text. */
const PLAIN = /^[\x21-\x7e]+$/;
/** As the C library says EXDEV in the locale C. */
const CROSSES = 'Invalid cross-device link';

interface File {
  readonly path: string;
  readonly digest: string;
}

const filesOf = (tree: Tree): readonly File[] => {
  const files: File[] = [];
  for (let index = 1; index < tree.count; index++) {
    const { mode, size, content, digest } = tree.entry(index);
    const path = tree.path(index);
    if ((mode & S_IFMT) === S_IFREG && size > 0n && content === null && digest !== null && PLAIN.test(path))
      files.push({ path, digest });
  }
  return files;
};

interface Tried {
  readonly rightFileCount: number;
  readonly crossDeviceCount: number;
}

interface Spread {
  readonly dirs: readonly string[];
  /** Where create leaves what it makes. */
  readonly image: string;
  readonly files: readonly File[];
}

const showing = async (stage: Stage, { dirs, image, files }: Spread): Promise<Tried> => {
  const store = stage.storeIn(dirs);
  const { prepared } = stage;
  await prepared.ingest(store);
  const created = await prepared.create(store, image);
  const mounted = await created.mount(stage.folder('mount'));
  stage.mounted(mounted);
  const seen = await look<readonly Seen[]>(stage, {
    kind: 'seen',
    paths: files.map(({ path }) => `${mounted.root}${path}`),
  });
  await mounted.unmount();
  await mounted.settle();
  await created.destroy();
  await prepared.collect(store, []);
  return {
    rightFileCount: seen.filter(({ digest }, i) => digest === files[i]!.digest).length,
    crossDeviceCount: 0,
  };
};

const count = (title: string, better: 'lower' | 'higher') => ({ title, better, noise: 'exact' }) as const;

export const scenario: Scenario = {
  id: 'many-stores',
  question: 'Can the objects of one image lie on two file systems?',
  cache: 'warm',
  reproduce:
    'objects by their first digit in one of two folders, one on the work file system, one on a tmpfs',
  headline: ['rightFileCount', 'crossDeviceCount'],
  ownSection: true,
  needs: [{ title: 'root in the initial user namespace', anyOf: ['root'] }],
  params: [{ second: 'tmpfs' }],
  passes: ['count'],
  looks: true,
  only: ['composefs-fuse', 'erofs-overlay', 'hardlink-checkout'],
  source: () => SMALL,
  cycles: () => 1,
  metrics: {
    objectFileCount: count('files whose contents are objects', 'higher'),
    secondStoreObjectCount: count('objects in the second file system', 'higher'),
    rightFileCount: count('files that were read with the right contents', 'higher'),
    crossDeviceCount: count('1: refused with EXDEV', 'lower'),
  },
  roughNs: () => 3e8,
  async run(stage) {
    const files = filesOf(stage.image.tree);
    const second = await stage.fileSystem('tmpfs');
    // The second half of the digits belongs to the second folder.
    const inSecond = stage.image.objects.filter(({ digest }) => Number.parseInt(digest[0]!, 16) % 2 === 1);
    const dirs = [stage.folder('first'), `${second.root}/store`];
    const image = stage.folder('image');
    let tried: Tried;
    try {
      tried = await showing(stage, { dirs, image, files });
    } catch (error) {
      if (!(error instanceof UserError) || !error.facts.some((fact) => fact.includes(CROSSES))) throw error;
      await stage.command('rm', ['rm', '-rf', image]);
      tried = { rightFileCount: 0, crossDeviceCount: 1 };
    }
    return { objectFileCount: files.length, secondStoreObjectCount: inSecond.length, ...tried };
  },
  derive: (values) => values,
};
