// The warm walk through every FUSE server: one server alone says little about FUSE.
import type { Scenario } from '../harness/model/scenario.ts';
import { SERVED } from './walk-servers.ts';
import { scenario as walk } from './walk-warm.ts';

export const scenario: Scenario = {
  ...walk,
  ...SERVED,
  id: 'walk-servers-warm',
  question:
    'How long does listing every entry take through each FUSE server, when everything was listed before?',
};
