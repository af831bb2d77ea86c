// Groups of runs for tests of the finding, and the finding of a run with them.
import type { RunFile } from '../../../results/schema/run.ts';
import { around, type MadeGroup, type MadeRun, made } from '../claims/journal.ts';
import { viewOf } from '../support/view.ts';

export const findingOf = (
  given: MadeRun,
  change: (run: RunFile) => RunFile = (run) => run,
): readonly string[] => {
  const { run, samples } = made(given);
  return viewOf(change(run), samples).finding;
};

export const setUp = (local: MadeGroup['params'], factor = 2, image = 'made'): MadeGroup => ({
  scenario: 'churn',
  params: local ?? {},
  image,
  time: {
    'erofs-overlay': { ingestWallNs: 40e6, createWallNs: around(100e3), mountWallNs: 200e3 },
    'composefs-fuse': {
      ingestWallNs: 40e6 * factor,
      createWallNs: around(100e3 * factor),
      mountWallNs: 200e3 * factor,
    },
  },
});

export const walk = (factor: number, image = 'made'): MadeGroup => ({
  scenario: 'walk-cold',
  image,
  time: {
    'erofs-overlay': { walkWallNs: around(50e6) },
    'composefs-fuse': { walkWallNs: around(50e6 * factor) },
  },
});

export const FILES = { local: 'files' };

/** With all phases of a removal. */
export const whole = (downFactor: number): MadeGroup => {
  const { time, ...group } = setUp(FILES);
  const down = (factor: number) => ({
    unmountWallNs: around(100e3 * factor),
    settleWallNs: 50e3 * factor,
    destroyWallNs: 150e3 * factor,
  });
  return {
    ...group,
    time: {
      'erofs-overlay': { ...time!['erofs-overlay'], ...down(1) },
      'composefs-fuse': { ...time!['composefs-fuse'], ...down(downFactor) },
    },
  };
};
