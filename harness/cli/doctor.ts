// Every need of every backend, scenario and probe, met or not, and what to do. Changes nothing.
import { existsSync, realpathSync } from 'node:fs';
import { ascii } from '../../report/visible.ts';
import type { Judgement } from '../../results/schema/run.ts';
import { scenarios } from '../../scenarios/registry.ts';
import { backends } from '../backends/registry.ts';
import { UserError } from '../model/errors.ts';
import type { Features, Need } from '../model/machine.ts';
import { probes } from '../probes/registry.ts';
import { isNoisy } from '../runner/conditions.ts';
import { proseColumns } from './columns.ts';
import { discoverFeatures } from './discover.ts';
import { type Judged, judge } from './needs.ts';
import { lookQuietly, otherMountsOf } from './watch-conditions.ts';
import { wrap } from './wrap.ts';

interface Row extends Judged {
  readonly id: string;
}

const rowsOf = (
  things: readonly { readonly id: string; readonly needs: readonly Need[] }[],
  features: Features,
): Row[] =>
  things.flatMap(({ id, needs }) =>
    needs.length === 0
      ? [{ id, title: 'nothing special', met: true, detail: '', hint: '' }]
      : needs.map((need) => ({ id, ...judge(need, features) })),
  );

/** Without them everything runs; what they would show is not testable then. */
const SPOKEN_OF: readonly { readonly id: string; readonly needs: readonly Need[] }[] = [
  { id: 'C13', needs: [{ title: 'a kernel that refuses changed files (fs-verity)', anyOf: ['fs-verity'] }] },
];

const section = (title: string, rows: readonly Row[], columns: number): string => {
  const idWidth = Math.max(...rows.map((row) => row.id.length));
  const indent = ' '.repeat(idWidth + 11);
  let last = '';
  const lines = rows.map((row) => {
    const id = row.id === last ? '' : row.id;
    last = row.id;
    const detail = row.detail === '' ? '' : wrap(row.detail, indent, columns);
    const hint = row.hint === '' ? '' : wrap(`do: ${row.hint}`, indent, columns);
    return `  ${id.padEnd(idWidth)}  ${row.met ? 'yes   ' : 'NO    '} ${row.title}\n${detail}${hint}`;
  });
  return `${title}\n${lines.join('')}\n`;
};

export const doctorText = (features: Features, columns: number): string => {
  const runnable = backends.filter((backend) => backend.needs.every((need) => judge(need, features).met));
  const verdict =
    runnable.length === 0
      ? 'No backend can run here.\n'
      : `${runnable.length} of ${backends.length} backends can run here: ${runnable.map((backend) => backend.id).join(', ')}.\n`;
  return [
    section('Backends', rowsOf(backends, features), columns),
    section('Scenarios', rowsOf(scenarios, features), columns),
    section('Probes', rowsOf(probes, features), columns),
    section('What nothing needs, and a claim speaks of', rowsOf(SPOKEN_OF, features), columns),
    wrap(verdict, '', columns),
  ].join('');
};

export interface TypedDoctor {
  readonly json?: boolean;
  readonly work: string;
  readonly bench?: boolean;
  readonly strict?: boolean;
}

/** What half a second of doing nothing showed. */
export const benchText = (
  judged: readonly Judgement[],
  otherMounts: readonly string[],
  columns: number,
): string => {
  const lines = judged.flatMap(({ severity, text, hint }) => [
    wrap(`${severity}: ${text}`, '  ', columns),
    wrap(`do: ${hint}`, '         ', columns),
  ]);
  const mounts =
    otherMounts.length === 0
      ? ''
      : wrap(
          `note: also mounted from the disk of the work folder: ${otherMounts.map(ascii).join(', ')}`,
          '  ',
          columns,
        );
  const verdict = isNoisy(judged)
    ? 'This machine is noisy now: differences will be hard to show.'
    : 'This machine is quiet enough to measure on.';
  return `${lines.join('')}${mounts}${wrap(verdict, '', columns)}`;
};

export const doctor = async ({ json, work, bench, strict }: TypedDoctor): Promise<void> => {
  if (bench === true) {
    if (!existsSync(work))
      throw new UserError(`no such folder: ${work}`, { hint: 'cfsbench doctor --bench --work DIR' });
    const judged = await lookQuietly();
    const columns = proseColumns();
    process.stdout.write(
      json === true
        ? `${JSON.stringify(judged, null, 2)}\n`
        : benchText(judged, otherMountsOf(realpathSync(work)), columns),
    );
    if (strict === true && isNoisy(judged)) process.exitCode = 4;
    return;
  }
  const features = await discoverFeatures(work);
  process.stdout.write(
    json === true ? `${JSON.stringify(features, null, 2)}\n` : doctorText(features, proseColumns()),
  );
};
