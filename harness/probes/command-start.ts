// Time to start a command that does nothing, for comparison with phases that run a command.
//
// Does:   runs `true` five times after the slot, in the same way as tar, rm, cat and ls.
// Cost:   five starts per slot, hence only on request.
// Error:  includes the delay until the harness notices the exit, as the time of every command does. Never subtracted.
import type { Metric } from '../../results/schema/run.ts';
import { medianOf } from '../model/repeated.ts';
import type { Probe } from '../model/scenario.ts';

/** A single start is too noisy: the slot's value is the median. */
const STARTS = 5;

const metrics: Readonly<Record<string, Metric>> = {
  commandStartWallNs: {
    title: 'null: starting a command that does nothing',
    better: 'lower',
    noise: 'noisy',
  },
};

export const probe: Probe = {
  id: 'command-start',
  title: 'start of a null command',
  needs: [],
  passes: ['time'],
  onRequest: true,
  metrics,
  async arm({ machine }) {
    return {
      // Nothing is read around phases: the commands run after the slot.
      start() {},
      stop() {},
      async collect() {
        const tookNs: number[] = [];
        for (let i = 0; i < STARTS; i++) {
          const from = process.hrtime.bigint();
          await machine.command('null', ['true']);
          tookNs.push(Number(process.hrtime.bigint() - from));
        }
        return { values: { commandStartWallNs: medianOf(tookNs) } };
      },
    };
  },
};
