// Replays the file accesses of a program start, which were recorded in a real root. The inspector makes them in the mount.
//
// It repeats every lookup, listing and open, and maps and faults in the pages that were read of each file. It computes nothing. Cold,
// then once warm.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../harness/model/errors.ts';
import type { RecordedStart, Replayed, StartStep } from '../harness/model/recorded-start.ts';
import type { Params, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { coldMount } from './in-mount.ts';
import { inspect } from './inspect.ts';
import { DROPPED_CACHES } from './needs.ts';

const PAGE_BYTES = 4096;
const STARTS = fileURLToPath(new URL('../../fixtures/starts.json', import.meta.url));

/** Every kind of step on files of the harness, so that no code of the inspector is cold in the window. */
const REHEARSAL: readonly StartStep[] = Array.from({ length: 50 }, (): readonly StartStep[] => [
  ['stat', process.execPath],
  ['absent', `${process.execPath}.absent`],
  ['list', '/proc/self/fd'],
  ['open', process.execPath, [[0, 1]]],
]).flat();

export const recordedStarts = (): readonly RecordedStart[] =>
  JSON.parse(readFileSync(STARTS, 'utf8')) as RecordedStart[];

/** `on` names another image that has the program too. */
const sourceOf = ({ start, on = start }: Params): string => `fixture:debian-12-${on}`;

const programOf = ({ command }: RecordedStart): string =>
  basename(command.split(' ')[0]!).replace(/\d+$/, '');

const stepsFor = (params: Params): readonly StartStep[] => {
  const source = sourceOf(params);
  const found = recordedStarts().find(
    (one) => `fixture:${one.fixture}` === source && programOf(one) === params['start'],
  );
  if (found === undefined)
    throw new UserError(`no start of ${params['start']} is recorded for ${source}`, { code: 'skip' });
  return found.steps;
};

/** The first recorded start on this source; null: none is recorded. */
export const startSteps = (source: string): readonly StartStep[] | null =>
  recordedStarts().find((one) => `fixture:${one.fixture}` === source)?.steps ?? null;

export const touchedBytes = (steps: readonly StartStep[]): number =>
  steps.reduce((sum, [, , ranges = []]) => sum + ranges.reduce((a, [, count]) => a + count, 0), 0) *
  PAGE_BYTES;

const replay = (stage: Stage, root: string, steps: readonly StartStep[]): Promise<Replayed> =>
  inspect<Replayed>(stage, { kind: 'replay', root, steps });

const run = async (stage: Stage): Promise<Values> => {
  const steps = stepsFor(stage.slot.params);
  await replay(stage, '', REHEARSAL);
  return coldMount(
    stage,
    async () => {},
    async ({ root }) => {
      const { wallNs, againWallNs } = await replay(stage, root, steps);
      return {
        startWallNs: wallNs,
        startWarmWallNs: againWallNs,
        startTouchedBytes: touchedBytes(steps),
        startOpenedCount: steps.filter(([what]) => what === 'open').length,
        startStepCount: steps.length,
      };
    },
  );
};

export const scenario: Scenario = {
  id: 'start-trace',
  question: 'How long do the file accesses of a program start take?',
  cache: 'cold',
  reproduce:
    'sync; echo 3 > /proc/sys/vm/drop_caches; mount; the recorded lookups, opens and page faults of `python3 -c "import json,ssl"`, `nginx -t`, `gcc --version` or `git --version`',
  headline: ['startWallNs', 'startWarmWallNs'],
  ownSection: true,
  needs: [DROPPED_CACHES],
  params: [{ start: 'python' }],
  largeParams: [
    { start: 'nginx' },
    { start: 'python', on: 'developer' },
    { start: 'gcc', on: 'developer' },
    { start: 'git', on: 'developer' },
  ],
  passes: ['time'],
  placed: true,
  variants: ['erofs-overlay-loop'],
  source: sourceOf,
  metrics: {
    startWallNs: { title: 'the start’s file operations, cold', better: 'lower', noise: 'noisy' },
    startWarmWallNs: { title: 'the start’s file operations, warm', better: 'lower', noise: 'noisy' },
    startTouchedBytes: { title: 'bytes that the start reads', better: 'lower', noise: 'exact' },
    startOpenedCount: { title: 'files that the start opens', better: 'lower', noise: 'exact' },
    startStepCount: { title: 'lookups, listings and opens together', better: 'lower', noise: 'exact' },
  },
  oneLook: true,
  inspects: true,
  cycles: () => 1,
  roughNs: () => 3.5e8,
  run,
  derive: (values) => values,
};
