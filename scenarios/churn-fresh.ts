// Brings an image in and removes it before anything was written back: removal at its cheapest.
import type { Scenario } from '../harness/model/scenario.ts';

export const scenario: Scenario = {
  id: 'churn-fresh',
  question: 'What does removal cost before the image is written back?',
  cache: 'warm',
  reproduce: 'ingest, create, destroy, collect, without any sync in between',
  headline: [],
  needs: [],
  params: [{ local: 'nothing' }],
  largeParams: [{ local: 'files' }],
  metrics: {
    destroyFreshWallNs: {
      title: 'destroy (with local=nothing also collect) of files never written back',
      better: 'lower',
      noise: 'noisy',
    },
  },
  cycles: () => 1,
  roughNs: (size) => 8e7 + size.objectCount * 1e5 + size.objectBytes * 2,
  async run(stage) {
    const { prepared, store } = stage;
    const dir = stage.folder('image');
    stage.sync();
    await prepared.ingest(store);
    const created = await prepared.create(store, dir);
    await stage.phase('destroy', () => created.destroy());
    if (stage.slot.params['local'] === 'nothing')
      await stage.phase('collect', () => prepared.collect(store, stage.kept));
    return {};
  },
  variantsWith: ({ local }) => (local === 'files' ? ['hardlink-checkout', 'reflink-checkout'] : []),
  derive({ destroyWallNs, collectWallNs = 0, ...values }) {
    return destroyWallNs === undefined
      ? values
      : { ...values, destroyFreshWallNs: destroyWallNs + collectWallNs };
  },
};
