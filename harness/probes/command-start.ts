// What it costs to start any command at all: the row to hold against every phase that runs one.
//
// Does:   runs `true` once after the slot, the same way as tar, rm, cat and ls are run.
// Error:  includes the runtime's own time to notice the end, as every command's time does. Never subtracted from anything.
import type { Metric } from '../../results/schema/run.ts';
import type { Probe } from '../model/scenario.ts';

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
  metrics,
  async arm({ machine }) {
    return {
      start() {},
      stop() {},
      async collect() {
        const from = process.hrtime.bigint();
        await machine.command('null', ['true']);
        return { values: { commandStartWallNs: Number(process.hrtime.bigint() - from) } };
      },
      disarm() {},
    };
  },
};
