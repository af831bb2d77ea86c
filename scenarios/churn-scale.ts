// The life of an image again, for images that differ in nothing but the number of files: what of the cost grows with it.
import type { Params, Scenario } from '../harness/model/scenario.ts';
import { scenario as churn } from './churn.ts';
import { scaledSource } from './scaled.ts';

const FILES = [100, 500];
const MANY_FILES = 10_000;
const FULL_STORE_CYCLES = 5;

const of = (store: 'empty' | 'full', sizes: readonly number[]): readonly Params[] =>
  sizes.map((files) => ({ store, files }));

export const scenario: Scenario = {
  ...churn,
  id: 'churn-scale',
  question: 'Which part of the cost of an image grows with its files, and which does not?',
  headline: ['arriveWallNs', 'mountWallNs', 'unmountWallNs', 'removeWallNs'],
  ownSection: true,
  // What a full store costs stands in `churn` for every image of a run.
  params: of('empty', FILES),
  largeParams: [...of('empty', [MANY_FILES]), ...of('full', [...FILES, MANY_FILES])],
  // Two manifest backends differ in their mounts alone, and `churn` has those.
  only: ['erofs-overlay', 'unpacked-overlay'],
  source: ({ files }) => scaledSource(Number(files)),
  oneLook: true,
  cycles: ({ store }) => (store === 'full' ? FULL_STORE_CYCLES : 1),
};
