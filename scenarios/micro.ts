// Shared by the micro-operations: a child process repeats one operation in the mount, with hot caches.
import { fileURLToPath } from 'node:url';
import { UserError } from '../harness/model/errors.ts';
import { notJudged } from '../harness/model/metrics.ts';
import { seeded, shuffled } from '../harness/model/random.ts';
import type { Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { type Entry, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, type Tree } from '../harness/model/tree.ts';

const PROGRAM = fileURLToPath(new URL('../harness/micro/main.js', import.meta.url));
const MOST_TARGETS = 256;
/** The same choice in every run. */
const SEED = 'micro';
const LIMIT_MS = 30_000;
const FILE_BYTES = 4096n;
/** Paths are passed as text. */
const PLAIN = /^[\x21-\x7e]+$/;

interface TargetPath {
  readonly path: string;
  readonly key: string;
}

export interface MicroQuestion {
  /** Name in the protocol of the child. */
  readonly operation: 'stat' | 'open' | 'read' | 'readlink' | 'getxattr' | 'getdents';
  readonly title: string;
  readonly question: string;
  readonly reproduce: string;
  /** The attribute to read, or an empty string; null: not this entry. */
  readonly target: (entry: Entry) => string | null;
}

export const isFile = ({ mode, size }: Entry): boolean => (mode & S_IFMT) === S_IFREG && size >= FILE_BYTES;
export const isLink = ({ mode }: Entry): boolean => (mode & S_IFMT) === S_IFLNK;
export const isDirectory = ({ mode }: Entry): boolean => (mode & S_IFMT) === S_IFDIR;

const targetsIn = (tree: Tree, root: string, { target }: MicroQuestion): readonly TargetPath[] => {
  const found: TargetPath[] = [];
  for (let index = 1; index < tree.count; index++) {
    const entry = tree.entry(index);
    const key = entry.link === null ? target(entry) : null;
    const path = tree.path(index);
    if (key !== null && PLAIN.test(path)) found.push({ path: `${root}${path}`, key });
  }
  return shuffled(found, seeded(SEED)).slice(0, MOST_TARGETS);
};

interface MicroResult {
  readonly medianNs: number;
  /** Absent with fewer than 29 calls. */
  readonly p90Ns?: number;
  readonly p99Ns?: number;
  readonly emptyNs: number;
  readonly sampleCount: number;
}

const measure = async (stage: Stage, root: string, micro: MicroQuestion): Promise<Values> => {
  const { files } = stage.machine;
  const targets = targetsIn(stage.image.tree, root, micro);
  if (targets.length === 0)
    throw new UserError(`the image has no entry for ${micro.operation}`, { code: 'skip' });
  const folder = stage.folder('micro');
  const [list, out] = [`${folder}/targets.json`, `${folder}/result.json`];
  files.writeNew(list, Buffer.from(JSON.stringify(targets)));
  await stage.machine.command('micro', [process.execPath, PROGRAM, micro.operation, list, out], {
    timeoutMs: LIMIT_MS,
  });
  const into = Buffer.alloc(4096);
  const fd = files.open(out, 0);
  const result = JSON.parse(into.toString('utf8', 0, files.pread(fd, into, 0))) as
    | MicroResult
    | { readonly inPart: string };
  files.close(fd);
  for (const path of [list, out]) files.unlink(path);
  if ('inPart' in result)
    throw new UserError(
      'a call lists a part of a directory that was listed to its end before, and other arms list it whole',
      {
        code: 'skip',
        facts: [result.inPart],
      },
    );
  const { operation } = micro;
  return {
    [`${operation}MedianNs`]: result.medianNs,
    ...(result.p90Ns === undefined ? {} : { [`${operation}P90Ns`]: result.p90Ns }),
    ...(result.p99Ns === undefined ? {} : { [`${operation}P99Ns`]: result.p99Ns }),
    [`${operation}SampleCount`]: result.sampleCount,
    emptyCallNs: result.emptyNs,
  };
};

export const microScenario = (micro: MicroQuestion): Scenario => {
  const { operation, title } = micro;
  return {
    id: `micro-${operation}`,
    question: micro.question,
    cache: 'hot',
    reproduce: micro.reproduce,
    headline: [`${operation}MedianNs`],
    needs: [],
    params: [{}],
    placed: true,
    metrics: {
      [`${operation}MedianNs`]: { title: `${title}: median of one call`, better: 'lower', noise: 'noisy' },
      [`${operation}P90Ns`]: { title: `${title}: 90th percentile`, better: 'lower', noise: 'noisy' },
      [`${operation}P99Ns`]: {
        title: `${title}: upper bound of the 99th percentile`,
        better: 'lower',
        noise: 'noisy',
      },
      ...notJudged({
        [`${operation}SampleCount`]: { title: `${title}: calls measured`, better: 'higher', noise: 'noisy' },
        emptyCallNs: {
          title: 'a call that does nothing (getppid), measured the same way',
          better: 'lower',
          noise: 'noisy',
        },
      }),
    },
    cycles: () => 1,
    roughNs: () => 4e8,
    async run(stage) {
      // The child's language runtime makes no constant number of calls: nothing is counted.
      if (stage.slot.pass === 'count') return {};
      const at = stage.folder('mount');
      const created = await stage.prepared.create(stage.store, stage.folder('image'));
      stage.sync();
      const mounted = await created.mount(at);
      stage.mounted(mounted);
      const values = await measure(stage, mounted.root, micro);
      await mounted.unmount();
      await mounted.settle();
      await created.destroy();
      return values;
    },
    derive: (values) => values,
  };
};
