// The cold walk through every FUSE server: one server alone says little about FUSE.
import type { Scenario } from '../harness/model/scenario.ts';
import { scenario as walk } from './walk-cold.ts';
import { SERVED } from './walk-servers.ts';

export const scenario: Scenario = {
  ...walk,
  ...SERVED,
  id: 'walk-servers-cold',
  question: 'How long does listing every entry take through each FUSE server, when nothing is cached?',
};
