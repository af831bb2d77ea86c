// Wall clock of each phase.
//
// Reads:  CLOCK_MONOTONIC, the innermost thing before and after the window. A phase that consisted of nothing but lists of calls is
//         as long as those took by the clock that they read themselves: what the harness prepared between them is not in it.
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
        const alone = count > before.count && outsideCount === before.outsideCount;
        record(recorded, phase, alone ? ns - before.ns : wallNs);
      },
      async collect() {
        return { values: medians(recorded, 'WallNs') };
      },
      close() {},
    };
  },
};
