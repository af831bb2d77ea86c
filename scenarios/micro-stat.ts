// The operation that listings and builds do most.
import { microScenario } from './micro.ts';

export const scenario = microScenario({
  operation: 'stat',
  title: 'stat',
  question: 'How long does one stat take when everything is cached?',
  reproduce: 'statx of one of 256 entries, everything touched before',
  target: () => '',
});
