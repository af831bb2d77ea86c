// `cfsbench list` and `cfsbench doctor` as typed. What they do is loaded when it is asked for: it knows every part there is.
import { tmpdir } from 'node:os';
import { Command } from 'commander';
import type { TypedDoctor } from './doctor.ts';

export const listCommand = (): Command =>
  new Command('list')
    .description('backends, scenarios, probes, images and profiles that there are, and what can run here')
    .option('--work <DIR>', 'the folder a run would work in', tmpdir())
    .action(async (typed: { readonly work: string }) => {
      const { list } = await import('./list.ts');
      await list(typed);
    });

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description(
      'what every backend, scenario and probe needs, whether this machine has it, and what to do; changes nothing',
    )
    .option('--json', 'what was found, for machines')
    .option('--bench', 'whether the machine is quiet enough to measure on')
    .option('--strict', 'with --bench: exit 4 where it is not')
    .option('--work <DIR>', 'the folder a run would work in', tmpdir())
    .action(async (typed: TypedDoctor) => {
      const { doctor } = await import('./doctor.ts');
      await doctor(typed);
    });
