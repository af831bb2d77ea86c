// A usual pull from a registry: the lower layers are local already, and the image adds one on top.
//
// The base is brought in untimed and stays when the image is removed. The image was built on it, so its lower layers are
// the same files for every backend.
import type { Params, Scenario } from '../harness/model/scenario.ts';
import { scenario as churn } from './churn.ts';
import { readTarget } from './read-target.ts';

const FILES = 200;
const LAYERS = 3;

const syntheticSource = ({ files }: Params): string => `synthetic:files=${files},layers=${LAYERS},seed=1`;

export const scenario: Scenario = {
  ...churn,
  id: 'churn-shared-base',
  question: 'What does an image cost when all layers except its top one are local and stay?',
  reproduce: 'ingest and create of the base, untimed; then the life of the image as in churn, the base kept',
  headline: ['arriveWallNs', 'mountWallNs', 'unmountWallNs', 'removeWallNs', 'imagesPerSecond'],
  ownSection: true,
  params: [{ local: 'nothing', base: 'here', files: FILES }],
  largeParams: [{ local: 'nothing', base: 'here' }],
  source: (params) => (params['files'] === undefined ? 'fixture:debian-12-nginx' : syntheticSource(params)),
  others: (params) => [
    params['files'] === undefined
      ? 'fixture:debian-12-base'
      : `${syntheticSource(params)},upto=${LAYERS - 1}`,
  ],
  cycles: () => 1,
  async run(stage) {
    const { prepared, store, others } = stage;
    const base = await stage.prepare(others[0]!);
    // Skips backends that digest all that arrives: the others do not.
    await base.ingest(store, 'trusted');
    const below = await base.create(store, stage.folder('base'));
    stage.sync();
    const target = readTarget(stage.image.tree);
    const at = stage.folder('mount');
    const dir = stage.folder('image');
    await stage.phase('ingest', () => prepared.ingest(store, 'trusted'));
    const created = await stage.phase('create', () => prepared.create(store, dir));
    const createSyncWallNs = stage.sync();
    const mounted = await stage.phase('mount', () => created.mount(at));
    stage.mounted(mounted);
    await stage.phase('use', () =>
      target === null
        ? stage.command('ls', ['ls', mounted.root])
        : stage.command('cat', ['cat', `${mounted.root}${target}`]),
    );
    await stage.phase('unmount', () => mounted.unmount());
    await stage.phase('settle', () => mounted.settle());
    stage.sync();
    await stage.phase('destroy', () => created.destroy());
    await stage.phase('collect', () => prepared.collect(store, others));
    const destroySyncWallNs = stage.sync();
    await below.destroy();
    await base.collect(store, []);
    return stage.slot.pass === 'count' ? {} : { createSyncWallNs, destroySyncWallNs };
  },
};
