// The most frequent operation of listings and builds.
import { microScenario } from './micro.ts';

export const scenario = microScenario({
  operation: 'stat',
  title: 'stat',
  question: 'How long does one stat take when everything is cached?',
  reproduce: 'statx of one of 256 entries, everything touched before',
  target: () => '',
});
