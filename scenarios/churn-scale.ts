// The life of an image whose files are all local, for real images of several sizes: which costs grow with the files.
import type { Params, Scenario } from '../harness/model/scenario.ts';
import { scenario as churn } from './churn.ts';

const ofSize = (size: string): Params => ({ local: 'files', size });

export const scenario: Scenario = {
  ...churn,
  id: 'churn-scale',
  question: 'Which costs of setting an image up grow with its files?',
  headline: ['createWallNs', 'mountWallNs', 'unmountWallNs', 'destroyWallNs', 'checkoutWallNs'],
  ownSection: true,
  // A second size beside the image of `churn` shows growth.
  params: [ofSize('certs')],
  largeParams: [ofSize('static'), ofSize('base'), ofSize('developer')],
  source: ({ size }) => `fixture:debian-12-${size}`,
  oneLook: true,
};
