// Wall time of each phase.
//
// Reads:  CLOCK_MONOTONIC directly before and after the window. The time of a phase that consists of call lists only is the sum of
//         their own clock readings, without the harness's work between the lists.
// Error:  about 0.1 us for the two readings; a phase that runs a command includes the delay until its exit was noticed.
import { perPhase } from '../model/metrics.ts';
import { medians, type Recorded, record } from '../model/repeated.ts';
import type { Probe } from '../model/scenario.ts';

export const probe: Probe = {
  id: 'wall',
  title: 'wall clock',
  needs: [],
  passes: ['time'],
  metrics: perPhase('WallNs', 'wall time', 'noisy'),
  async arm({ machine: { meters } }) {
    const recorded: Recorded = {};
    let before = meters.windows();
    let from = 0n;
    return {
      start() {
        before = meters.windows();
        from = process.hrtime.bigint();
      },
      stop(phase) {
        const wallNs = Number(process.hrtime.bigint() - from);
        const { ns, count, outsideCount } = meters.windows();
        const listsOnly = count > before.count && outsideCount === before.outsideCount;
        record(recorded, phase, listsOnly ? ns - before.ns : wallNs);
      },
      async collect() {
        return { values: medians(recorded, 'WallNs') };
      },
    };
  },
};
