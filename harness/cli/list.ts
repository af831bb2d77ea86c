// `cfsbench list`: names to use on the command line, and backends that cannot run here.

import { definitionLines, wrapText } from '../../report/text.ts';
import { visible } from '../../results/visible.ts';
import { scenarios } from '../../scenarios/registry.ts';
import { backends } from '../backends/registry.ts';
import { fixtureNames } from '../images/fixture.ts';
import { sourceForms } from '../images/registry.ts';
import type { Backend } from '../model/backend.ts';
import type { Features } from '../model/machine.ts';
import { probes } from '../probes/registry.ts';
import { firstUnmet } from './check-needs.ts';
import { discoverFeatures, folderToTry, triedSentence } from './discover.ts';
import { profiles } from './profile.ts';
import { proseColumns } from './terminal-width.ts';

type Definition = readonly [term: string, text: string];

const asSentence = (text: string): string => text.replace(/([^.?])$/, '$1.');

const backendRow = ({ id, title, answers, needs }: Backend, features: Features): Definition => {
  const unmet = firstUnmet(needs, features);
  const parts = [
    asSentence(title),
    ...(answers === undefined ? [] : [asSentence(answers)]),
    ...(unmet === null ? [] : [`CANNOT RUN HERE: needs ${unmet.title}.`]),
  ];
  return [id, parts.join(' ')];
};

const listText = (features: Features, folder: string, columns: number): string => {
  const backendRows = (wanted: (backend: Backend) => boolean): readonly Definition[] =>
    backends.filter(wanted).map((backend) => backendRow(backend, features));
  const sections: readonly (readonly [heading: string, rows: readonly Definition[]])[] = [
    ['Headline backends (--backends headline)', backendRows(({ answers }) => answers === undefined)],
    [
      'Variants (--backends NAME; measured by default where a scenario needs them)',
      backendRows(({ answers }) => answers !== undefined),
    ],
    ['Scenarios (--scenarios)', scenarios.map(({ id, question }) => [id, question])],
    ['Image sources (--images)', sourceForms],
    [
      'Fixtures (--images fixture:NAME)',
      fixtureNames().map(({ name, title }) => [visible(name), visible(title)]),
    ],
    ['Probes (always on where the machine allows it)', probes.map(({ id, title }) => [id, title])],
    ['Profiles (--profile)', profiles.map(({ id, title }) => [id, title])],
  ];
  const lines = sections
    .filter(([, rows]) => rows.length > 0)
    .flatMap(([heading, rows]) => [heading, ...definitionLines(rows, columns), '']);
  return [
    ...wrapText(triedSentence(folder, features), columns),
    '',
    ...lines,
    'What is missing and how to install it: cfsbench doctor',
  ]
    .map((line) => `${line}\n`)
    .join('');
};

export const list = async ({ work }: { readonly work?: string }): Promise<void> => {
  const folder = folderToTry(work);
  const features = await discoverFeatures(folder);
  process.stdout.write(listText(features, folder, proseColumns()));
};
