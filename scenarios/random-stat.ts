// One stat(1) of many random files, which readahead of directories does not help. Cold, then once warm.
import type { Scenario, Values } from '../harness/model/scenario.ts';
import { someFiles } from './image-files.ts';
import { coldMount, elapsed } from './in-mount.ts';
import { DROPPED_CACHES } from './needs.ts';

const SEED = 'random-stat';

const derive = ({ useWallNs, ...values }: Values): Values =>
  useWallNs === undefined ? values : { ...values, statAllWallNs: useWallNs };

export const scenario: Scenario = {
  id: 'random-stat',
  question: 'How long does stat of randomly chosen files take?',
  cache: 'cold',
  reproduce:
    'sync; echo 3 > /proc/sys/vm/drop_caches; mount; stat --printf= FILE… (the same random choice for all)',
  headline: ['statAllWallNs'],
  ownSection: true,
  needs: [{ title: 'stat', anyOf: ['stat'] }, DROPPED_CACHES],
  params: [{ stats: 500 }],
  largeParams: [{ stats: 1000 }, { stats: 1900 }],
  passes: ['time'],
  placed: true,
  variants: ['erofs-overlay-loop', 'erofs-overlay-loop-dio'],
  metrics: {
    statAllWallNs: { title: 'stat of all chosen files, cold', better: 'lower', noise: 'noisy' },
    statAllWarmWallNs: { title: 'stat of all chosen files, warm', better: 'lower', noise: 'noisy' },
    statFileCount: {
      title: 'chosen files; all files if the image has fewer',
      better: 'higher',
      noise: 'exact',
    },
  },
  cycles: () => 1,
  roughNs: (_size, { stats }) => 1.2e8 + Number(stats) * 6e4,
  async run(stage) {
    const files = someFiles(stage.image.tree, Number(stage.slot.params['stats']), SEED);
    const stat = (paths: readonly string[]) => stage.command('stat', ['stat', '--printf=', '--', ...paths]);
    return coldMount(
      stage,
      () => stat(['/']),
      async ({ root }) => {
        const paths = files.map((path) => `${root}${path}`);
        await stage.phase('use', () => stat(paths));
        const statAllWarmWallNs = await elapsed(() => stat(paths));
        return { statAllWarmWallNs, statFileCount: files.length };
      },
    );
  },
  derive,
};
