// What there is to choose from, and which backends can run here.
import { scenarios } from '../../scenarios/registry.ts';
import { backends } from '../backends/registry.ts';
import { fixtureNames } from '../images/fixture.ts';
import { sourceForms } from '../images/registry.ts';
import type { Backend } from '../model/backend.ts';
import type { Features } from '../model/machine.ts';
import { probes } from '../probes/registry.ts';
import { proseColumns } from './columns.ts';
import { discoverFeatures } from './discover.ts';
import { firstUnmet } from './needs.ts';
import { profiles } from './profile.ts';
import { wrap } from './wrap.ts';

const section = (title: string, rows: readonly (readonly [string, string])[], columns: number): string => {
  const width = Math.max(...rows.map(([id]) => id.length));
  const indent = ' '.repeat(width + 4);
  const line = ([id, text]: readonly [string, string]): string => {
    // A form that is wider than its column leaves the words to the next line.
    const words = wrap(text, indent, columns);
    return `  ${id.padEnd(width)}  ${words.slice(indent.length)}`;
  };
  return `${title}\n${rows.map(line).join('')}`;
};

/** Needs by name; whether they are met here, and the first that is not. */
const runsHere = (backend: Backend, features: Features): string => {
  const unmet = firstUnmet(backend.needs, features);
  const needs = `needs ${backend.needs.map(({ title }) => title).join(', ') || 'nothing special'}`;
  return unmet === null
    ? `runs here; ${needs}`
    : `cannot run here: ${unmet.title}: ${unmet.detail}; ${needs}`;
};

const listText = (features: Features, columns: number): string => {
  const [headline, variants] = [false, true].map((isVariant) =>
    backends
      .filter(({ answers }) => (answers !== undefined) === isVariant)
      .map((backend): readonly [string, string] => {
        const { id, title, answers } = backend;
        const what = answers === undefined ? title : `${title}. ${answers}`;
        return [id, `${what.replace(/([^.?])$/, '$1.')} It ${runsHere(backend, features)}.`];
      }),
  ) as [[string, string][], [string, string][]];
  const parts = [
    section('Backends (--backends; `headline` stands for these)', headline, columns),
    ...(variants.length === 0
      ? []
      : [section('Variants of them, measured where a scenario needs them, or by name', variants, columns)]),
    section(
      'Scenarios (--scenarios)',
      scenarios.map(({ id, question }) => [id, question]),
      columns,
    ),
    section('Image sources (--images)', sourceForms, columns),
    section(
      'Fixtures (fixture:NAME)',
      fixtureNames().map(({ name, title }) => [name, title]),
      columns,
    ),
    section(
      'Probes (always on, as far as the machine allows)',
      probes.map(({ id, title }) => [id, title]),
      columns,
    ),
    section(
      'Profiles (--profile)',
      profiles.map(({ id, title }) => [id, title]),
      columns,
    ),
  ];
  return `${parts.join('\n')}\nWhat is missing, and what to do about it: cfsbench doctor\n`;
};

export const list = async ({ work }: { readonly work: string }): Promise<void> => {
  const features = await discoverFeatures(work);
  process.stdout.write(listText(features, proseColumns()));
};
