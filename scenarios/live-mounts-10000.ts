// Ten thousand mounts alive at once. Apart from fewer of them, since that takes half an hour on two CPUs, most of it to start and
// end ten thousand servers and loop devices, block by block: a budget that has no room for it leaves out nothing else.
import type { Scenario } from '../harness/model/scenario.ts';
import { scenario as liveMounts } from './live-mounts.ts';

export const scenario: Scenario = {
  ...liveMounts,
  id: 'live-mounts-10000',
  question: 'What do ten thousand mounts that are alive at once cost?',
  params: [{ mounts: 10_000 }],
  largeParams: [],
  spare: true,
};
