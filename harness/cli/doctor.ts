// `cfsbench doctor`: every need of backends, scenarios and probes, whether this machine meets it, and what to do. Changes nothing.
import { existsSync, realpathSync } from 'node:fs';
import { definitionLines, wrapText } from '../../report/text.ts';
import type { ConditionWarning } from '../../results/schema/machine.ts';
import { ascii } from '../../results/visible.ts';
import { scenarios } from '../../scenarios/registry.ts';
import { backends } from '../backends/registry.ts';
import { UserError } from '../model/errors.ts';
import type { Features, Need } from '../model/machine.ts';
import { probes } from '../probes/registry.ts';
import { isNoisy } from '../runner/conditions.ts';
import { type CheckedNeed, checkNeed } from './check-needs.ts';
import { discoverFeatures, folderToTry, triedSentence } from './discover.ts';
import { proseColumns } from './terminal-width.ts';
import { VM_NEEDS } from './vm-needs.ts';
import { judgeIdleMachine, otherMountsOf } from './watch-conditions.ts';

interface Thing {
  readonly id: string;
  readonly needs: readonly Need[];
}

/** Claims and commands that need more than any backend, scenario or probe. */
const OTHERS: readonly Thing[] = [
  { id: 'cfsbench run', needs: [{ title: 'a work folder on a disk', anyOf: ['work-file-system'] }] },
  { id: 'cfsbench vm', needs: VM_NEEDS },
  {
    id: 'claim C13',
    needs: [{ title: 'a kernel that refuses changed files (fs-verity)', anyOf: ['fs-verity'] }],
  },
];

const canRun = ({ needs }: Thing, features: Features): boolean =>
  needs.every((need) => checkNeed(need, features).met);

/** Each need once. */
const checkedNeeds = (things: readonly Thing[], features: Features): readonly CheckedNeed[] => {
  const byTitle = new Map(
    things.flatMap(({ needs }) => needs).map((need) => [need.title, checkNeed(need, features)]),
  );
  return [...byTitle.values()];
};

const summary = (features: Features): string => {
  const share = (things: readonly Thing[], name: string): string =>
    `${things.filter((thing) => canRun(thing, features)).length} of ${things.length} ${name}`;
  const text = `${share(backends, 'backends')}, ${share(scenarios, 'scenarios')} and ${share(probes, 'probes')} can run here.`;
  return backends.some((backend) => canRun(backend, features))
    ? text
    : `No backend can run here (${text.replace(/\.$/, '')}).`;
};

/** An unmet need, its users, and how to meet it. */
const missingLines = (
  { title, detail, hint }: CheckedNeed,
  things: readonly Thing[],
  columns: number,
): readonly string[] => {
  const users = things.filter(({ needs }) => needs.some((need) => need.title === title)).map(({ id }) => id);
  return [
    ...wrapText(`${title}: ${detail}`, columns, { indent: '  ', hanging: '    ' }),
    ...wrapText(users.join(', '), columns, { indent: '    for: ', hanging: '         ' }),
    ...(hint === '' ? [] : wrapText(hint, columns, { indent: '    do:  ', hanging: '         ' })),
  ];
};

const foundLines = (found: readonly CheckedNeed[], all: boolean, columns: number): readonly string[] =>
  all
    ? definitionLines(
        found.map(({ title, detail }) => [title, detail]),
        columns,
      )
    : wrapText(found.map(({ title }) => title).join(', '), columns, { indent: '  ' });

/** `folder`: where the features were tried. `all`: how each was found. */
export const doctorText = (features: Features, folder: string, columns: number, all = false): string => {
  const things = [...backends, ...scenarios, ...probes, ...OTHERS];
  const needs = checkedNeeds(things, features);
  const found = needs.filter(({ met }) => met);
  const missing = needs.filter(({ met }) => !met);
  const lines = [
    ...wrapText(triedSentence(folder, features), columns),
    ...wrapText(summary(features), columns),
    ...(missing.length === 0 ? [] : ['', 'Missing:']),
    ...missing.flatMap((need) => missingLines(need, things, columns)),
    ...(found.length === 0 ? [] : ['', 'Found:']),
    ...foundLines(found, all, columns),
  ];
  return lines.map((line) => `${line}\n`).join('');
};

export interface DoctorOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly work?: string;
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

const bench = async ({ json, strict }: DoctorOptions, work: string): Promise<void> => {
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
  const folder = folderToTry(options.work);
  if (options.bench === true) return bench(options, folder);
  if (options.strict === true)
    throw new UserError('--strict has no effect without --bench', {
      hint: 'cfsbench doctor --bench --strict',
    });
  const features = await discoverFeatures(folder);
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify(features, null, 2)}\n`
      : doctorText(features, folder, proseColumns(), options.all),
  );
};
