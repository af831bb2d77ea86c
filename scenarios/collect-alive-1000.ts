// The same with a thousand images. A scenario of its own, because it takes minutes on two CPUs to set up all images in every block.
import type { Scenario } from '../harness/model/scenario.ts';
import { scenario as collectAlive, variation } from './collect-alive.ts';

export const scenario: Scenario = {
  ...collectAlive,
  id: 'collect-alive-1000',
  question: 'What does it cost to collect garbage while a thousand images are alive?',
  params: [variation('base', 1000)],
  largeParams: [],
};
