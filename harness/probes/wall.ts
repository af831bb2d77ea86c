// Wall clock of each phase.
//
// Reads:  CLOCK_MONOTONIC, the innermost thing before and after the window.
// Error:  about 0.1 us for the two readings; a phase that runs a command includes the time until its end was noticed.
import { perPhase } from '../model/metrics.ts';
import { medians, type Recorded, record } from '../model/repeated.ts';
import type { Probe } from '../model/scenario.ts';

export const probe: Probe = {
  id: 'wall',
  title: 'wall clock',
  needs: [],
  passes: ['time'],
  metrics: perPhase('WallNs', 'wall time', 'noisy'),
  async arm() {
    const recorded: Recorded = {};
    let from = 0n;
    return {
      start() {
        from = process.hrtime.bigint();
      },
      stop(phase) {
        record(recorded, phase, Number(process.hrtime.bigint() - from));
      },
      async collect() {
        return { values: medians(recorded, 'WallNs') };
      },
      disarm() {},
    };
  },
};
