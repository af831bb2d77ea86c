// Keeps ten thousand mounts alive. A scenario of its own, because it takes half an hour on two CPUs, mostly to start and end servers
// and loop devices: a budget without room for it omits nothing else.
import type { Scenario } from '../harness/model/scenario.ts';
import { scenario as liveMounts } from './live-mounts.ts';

export const scenario: Scenario = {
  ...liveMounts,
  id: 'live-mounts-10000',
  question: 'What do ten thousand simultaneous mounts cost?',
  params: [{ mounts: 10_000 }],
  largeParams: [],
};
