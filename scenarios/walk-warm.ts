// The mailing list's command on an image that was listed once before in the same mount.
import type { Scenario } from '../harness/model/scenario.ts';
import { nameWalk, walk, walkMetrics } from './walk.ts';

export const scenario: Scenario = {
  id: 'walk-warm',
  question: 'How long does it take to list every entry when everything was listed before?',
  cache: 'warm',
  reproduce: 'ls -lR MOUNT > /dev/null, the second time after the mount',
  headline: ['walkWallNs'],
  needs: [{ title: 'ls', anyOf: ['ls'] }],
  params: [{}],
  placed: true,
  metrics: walkMetrics,
  cycles: () => 1,
  roughNs: (size) => 3e7 + size.entryCount * 4.5e4,
  run: (stage) => walk(stage, { async prepare() {}, warm: (list) => list() }),
  derive: nameWalk,
};
