// What it costs to start any command at all: the row to hold against every phase that runs one.
//
// Does:   runs `true` a few times after the slot, the same way as tar, rm, cat and ls are run.
// Cost:   five starts a slot, hence only where a table has the row.
// Error:  includes the runtime's own time to notice the end, as every command's time does. Never subtracted from anything.
import type { Metric } from '../../results/schema/run.ts';
import { medianOf } from '../model/repeated.ts';
import type { Probe } from '../model/scenario.ts';

/** One start is too noisy a thing to hold others against: the slot's value is the median. */
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
      close() {},
    };
  },
};
