// What there is to choose from.
import { Command } from 'commander';
import { scenarios } from '../../scenarios/registry.ts';
import { backends } from '../backends/registry.ts';
import { fixtureNames } from '../images/fixture.ts';
import { sourceForms } from '../images/registry.ts';
import { probes } from '../probes/registry.ts';
import { profiles } from '../runner/profile.ts';

const section = (title: string, rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([id]) => id.length));
  return `${title}\n${rows.map(([id, text]) => `  ${id.padEnd(width)}  ${text}\n`).join('')}`;
};

export const listCommand = (): Command =>
  new Command('list')
    .description('backends, scenarios, probes, images and profiles that there are')
    .action(() => {
      const parts = [
        section(
          'Backends (--backends)',
          backends.map((backend) => [backend.id, backend.title]),
        ),
        section(
          'Scenarios (--scenarios)',
          scenarios.map((scenario) => [scenario.id, scenario.question]),
        ),
        section('Image sources (--images)', sourceForms),
        section(
          'Fixtures (fixture:NAME)',
          fixtureNames().map(({ name, title }) => [name, title]),
        ),
        section(
          'Probes (always on, as far as the machine allows)',
          probes.map((probe) => [probe.id, probe.title]),
        ),
        section(
          'Profiles (--profile)',
          profiles.map((profile) => [profile.id, profile.title]),
        ),
      ];
      process.stdout.write(`${parts.join('\n')}\nWhat can run here: cfsbench doctor\n`);
    });
