// `cfsbench doctor`: every need of backends, scenarios and probes, whether this machine meets it, and what to do. Changes nothing.
import { existsSync, realpathSync } from 'node:fs';
import { definitionLines, wrapText } from '../../report/text.ts';
import type { ConditionWarning } from '../../results/schema/run.ts';
import { ascii } from '../../results/visible.ts';
import { scenarios } from '../../scenarios/registry.ts';
import { backends } from '../backends/registry.ts';
import { UserError } from '../model/errors.ts';
import type { Features, Need } from '../model/machine.ts';
import { probes } from '../probes/registry.ts';
import { isNoisy } from '../runner/conditions.ts';
import { type CheckedNeed, checkNeed } from './check-needs.ts';
import { discoverFeatures } from './discover.ts';
import { proseColumns } from './terminal-width.ts';
import { judgeIdleMachine, otherMountsOf } from './watch-conditions.ts';

interface Thing {
  readonly id: string;
  readonly needs: readonly Need[];
}

/** Claims that need more than any backend, scenario or probe. */
const CLAIMS: readonly Thing[] = [
  {
    id: 'claim C13',
    needs: [{ title: 'a kernel that refuses changed files (fs-verity)', anyOf: ['fs-verity'] }],
  },
];

const YES = '  yes  ';
const NO = '  NO   ';
const INDENT = ' '.repeat(YES.length);

const needLines = ({ title, met, detail, hint }: CheckedNeed, columns: number): readonly string[] => [
  ...wrapText(`${title}: ${detail}`, columns, { indent: met ? YES : NO, hanging: INDENT }),
  ...(hint === '' ? [] : wrapText(`do: ${hint}`, columns, { indent: INDENT })),
];

const needsSection = (things: readonly Thing[], features: Features, columns: number): readonly string[] => {
  const byTitle = new Map<string, CheckedNeed>();
  for (const { needs } of things)
    for (const need of needs) byTitle.set(need.title, checkNeed(need, features));
  const checked = [...byTitle.values()].sort((a, b) => Number(a.met) - Number(b.met));
  return ['Needs', ...checked.flatMap((need) => needLines(need, columns)), ''];
};

const unmetText = ({ needs }: Thing, features: Features): string => {
  const unmet = needs.filter((need) => !checkNeed(need, features).met).map(({ title }) => title);
  return unmet.length === 0 ? 'yes' : `NO, needs ${unmet.join(', and ')}`;
};

const section = (
  title: string,
  things: readonly Thing[],
  features: Features,
  columns: number,
): readonly string[] => [
  title,
  ...definitionLines(
    things.map((thing) => [thing.id, unmetText(thing, features)]),
    columns,
  ),
  '',
];

export const doctorText = (features: Features, columns: number): string => {
  const runnable = backends.filter(({ needs }) => needs.every((need) => checkNeed(need, features).met));
  const verdict =
    runnable.length === 0
      ? 'No backend can run here.'
      : `${runnable.length} of ${backends.length} backends can run here: ${runnable.map(({ id }) => id).join(', ')}.`;
  const lines = [
    ...needsSection([...backends, ...scenarios, ...probes, ...CLAIMS], features, columns),
    ...section('Backends', backends, features, columns),
    ...section('Scenarios', scenarios, features, columns),
    ...section('Probes and claims', [...probes, ...CLAIMS], features, columns),
    ...wrapText(verdict, columns),
  ];
  return lines.map((line) => `${line}\n`).join('');
};

export interface DoctorOptions {
  readonly json?: boolean;
  readonly work: string;
  readonly bench?: boolean;
  readonly strict?: boolean;
}

/** Conditions of the idle machine. */
export const benchText = (
  judged: readonly ConditionWarning[],
  otherMounts: readonly string[],
  columns: number,
): string => {
  const lines = judged.flatMap(({ severity, text, hint }) => [
    ...wrapText(`${severity}: ${text}`, columns, { indent: '  ' }),
    ...wrapText(`do: ${hint}`, columns, { indent: '         ' }),
  ]);
  const mounts =
    otherMounts.length === 0
      ? []
      : wrapText(
          `note: also mounted from the disk of the work folder: ${otherMounts.map(ascii).join(', ')}`,
          columns,
          { indent: '  ' },
        );
  const verdict = isNoisy(judged)
    ? 'This machine is noisy now: differences will be hard to show.'
    : 'This machine is quiet enough to measure on.';
  return [...lines, ...mounts, ...wrapText(verdict, columns)].map((line) => `${line}\n`).join('');
};

const bench = async ({ json, work, strict }: DoctorOptions): Promise<void> => {
  if (!existsSync(work))
    throw new UserError(`no such folder: ${work}`, { hint: 'cfsbench doctor --bench --work DIR' });
  const judged = await judgeIdleMachine();
  process.stdout.write(
    json === true
      ? `${JSON.stringify(judged, null, 2)}\n`
      : benchText(judged, otherMountsOf(realpathSync(work)), proseColumns()),
  );
  if (strict === true && isNoisy(judged)) process.exitCode = 4;
};

export const doctor = async (options: DoctorOptions): Promise<void> => {
  if (options.bench === true) return bench(options);
  const features = await discoverFeatures(options.work);
  process.stdout.write(
    options.json === true ? `${JSON.stringify(features, null, 2)}\n` : doctorText(features, proseColumns()),
  );
};
