// Ten thousand work folders of runs that were killed: `clean` removes one half, the start of the next run the other.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WORK_PREFIX } from '../../harness/cli/work-folder.ts';
import { makeWork } from '../harness/sys/support.ts';
import { checkGone, checkTidy, crashesIn, endWithin, finding, when } from './checks.ts';
import { openSmallRun, type SmallRun, startCommand, startSmallRun } from './small-run.ts';
import type { Attempt, AttemptEnd, Finding, Trial } from './trial.ts';

const HALF = 5000;
/** 5 ms for each folder, which starts a process, take 25 s; beside load several times as long. */
const LIMIT_MS = 600_000;

const plant = ({ home }: SmallRun): void => {
  for (let i = 0; i < HALF; i++) {
    const folder = makeWork(join(home, `${WORK_PREFIX}${i}`));
    mkdirSync(join(folder.path, 'store'));
    writeFileSync(join(folder.path, 'store', 'object'), 'x');
    folder.close();
  }
};

const tryIn = async (
  what: string,
  { attempt, run }: { readonly attempt: Attempt; readonly run: SmallRun },
  start: () => ReturnType<typeof startCommand>,
): Promise<readonly Finding[]> => {
  plant(run);
  const fromMs = Date.now();
  const end = await endWithin(start().done, LIMIT_MS);
  if (end === null) return [finding('hang', `${what}: no end within ${LIMIT_MS / 1000} s`)];
  attempt.note(`${what}: exit code ${end.code} after ${Date.now() - fromMs} ms\n${end.stderr}`);
  return [
    ...when(end.code !== 0, 'exit', `${what}: exit code ${end.code}: ${end.stderr.slice(0, 500)}`),
    ...crashesIn(end),
    ...(await checkGone(run, Date.now())).findings,
    ...checkTidy(run).slice(0, 1),
  ];
};

export const leftoversTrial: Trial = {
  id: 'leftovers',
  section: 'faults',
  title: '10,000 work folders of killed runs',
  count: 1,
  shortCount: 0,
  async attempt(attempt): Promise<AttemptEnd> {
    const run = openSmallRun(attempt);
    const both = { attempt, run };
    const fromMs = Date.now();
    const findings = [
      ...(await tryIn('clean', both, () => startCommand(attempt, run, ['clean', run.home]))),
      ...(await tryIn('the next run', both, () => startSmallRun(attempt, run))),
    ];
    return { kind: 'done', findings, tried: 2 * HALF, endedMs: Date.now() - fromMs };
  },
};
