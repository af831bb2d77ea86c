// The life of an image whose files are all here, for real images of several sizes: what of the cost grows with the files.
import type { Params, Scenario } from '../harness/model/scenario.ts';
import { scenario as churn } from './churn.ts';

const of = (size: string): Params => ({ local: 'files', size });

export const scenario: Scenario = {
  ...churn,
  id: 'churn-scale',
  question: 'Which part of the cost of setting an image up grows with its files, and which does not?',
  headline: ['createWallNs', 'mountWallNs', 'unmountWallNs', 'destroyWallNs', 'checkoutWallNs'],
  ownSection: true,
  // Beside the image that `churn` is asked of, one size more tells growth.
  params: [of('certs')],
  largeParams: [of('static'), of('base'), of('developer')],
  source: ({ size }) => `fixture:debian-12-${size}`,
  oneLook: true,
};
