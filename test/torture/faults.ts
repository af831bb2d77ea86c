// A machine that fails during a run: disks, limits, tools, servers, clocks, neighbours.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../harness/model/random.ts';
import { buildSteppingClock } from '../end-to-end/stepping-clock.ts';
import type { Running } from '../end-to-end/support.ts';
import { checkGone, checkJournal, checkTidy, checkWhole, crashesIn, endWithin, when } from './checks.ts';
import { EXIT_FAILED, EXIT_REFUSED, type Fault, faultOf, inHome } from './fault.ts';
import { DISK_FAULTS } from './fault-disks.ts';
import { SERVER_FAULTS } from './fault-servers.ts';
import { leftoversTrial } from './leftovers.ts';
import { drawMoment, type RunLength, reachMoment } from './moment.ts';
import { openPlace } from './place.ts';
import { inRole } from './process-tree.ts';
import { openSmallRun, resumeSmallRun, startSmallRun } from './small-run.ts';
import type { Attempt, AttemptEnd, Trial } from './trial.ts';

/** The process that measures may open two more files than it has open. */
/** Of Node.js without a program: before it has them, it aborts without free descriptors and says so in its own words. */
const OWN_DESCRIPTORS = 20;

const limitFiles = ({ child }: Running): 'missed' | undefined => {
  const measuring = inRole(child.pid!, 'measuring');
  if (measuring === undefined) return 'missed';
  const openCount = readdirSync(`/proc/${measuring.pid}/fd`).length;
  if (openCount < OWN_DESCRIPTORS) return 'missed';
  const most = openCount + 2;
  spawnSync('prlimit', ['--pid', String(measuring.pid), `--nofile=${most}:${most}`]);
  return undefined;
};

const TOOLS = ['cat', 'cp', 'ls', 'mount', 'rm', 'setpriv', 'sh', 'tar', 'unshare'] as const;

const pick = <Item>(random: Random, items: readonly Item[]): Item => items[random.int(0, items.length - 1)]!;

/** A PATH with every program of the machine except one. */
const pathWithout = (home: string, tool: string): string => {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  for (const folder of (process.env['PATH'] ?? '').split(':').filter((path) => existsSync(path)))
    for (const name of readdirSync(folder))
      if (name !== tool && !existsSync(join(bin, name))) symlinkSync(join(folder, name), join(bin, name));
  return bin;
};

const LIMIT_FAULTS: readonly Fault[] = [
  {
    id: 'emfile',
    title: 'no more open files (EMFILE)',
    open: async (attempt) =>
      inHome(attempt, { cause: limitFiles, codes: [EXIT_FAILED], says: /too many open files|EMFILE/i }),
    isShort: true,
  },
  {
    id: 'no-loop',
    title: 'no loop device',
    open: async (attempt) => {
      const place = await openPlace(attempt.owner, attempt.home, 'mount --bind /dev/null /dev/loop-control');
      return inHome(attempt, { setting: { prefix: place.enter }, codes: [], says: /loop/ });
    },
  },
  {
    id: 'missing-tool',
    title: 'a missing tool',
    open: async (attempt) => {
      const tool = pick(attempt.random, TOOLS);
      const env = { PATH: pathWithout(attempt.home, tool) };
      return inHome(attempt, { setting: { env }, codes: [EXIT_REFUSED], says: new RegExp(`\\b${tool}\\b`) });
    },
    isShort: true,
  },
  {
    id: 'clock-steps',
    title: 'a wall clock that steps by an hour at every reading',
    // Only the processes of the run see it.
    open: async (attempt) => {
      const run = openSmallRun(attempt);
      mkdirSync(join(attempt.home, 'bin'));
      const env = { LD_PRELOAD: buildSteppingClock(join(attempt.home, 'bin')) };
      return { run, setting: { env }, codes: [], says: /./ };
    },
  },
];

const SECOND_LIMIT_MS = 15_000;

/** A second run, or a resumed one, in the folder of one that is going on: one of them measures, the other is refused. */
const twoRuns =
  (length: RunLength) =>
  async (attempt: Attempt): Promise<AttemptEnd> => {
    const run = openSmallRun(attempt);
    const first = startSmallRun(attempt, run);
    const momentMs = drawMoment(attempt.random, length);
    const resumes = attempt.random.int(0, 1) === 1;
    attempt.note(`second one after ${momentMs} ms of ${Math.round(length.ms)} ms`);
    if (!(await reachMoment(first, momentMs))) return { kind: 'missed' };
    const canResume = resumes && existsSync(join(run.out, 'run.json'));
    const second = canResume ? resumeSmallRun(attempt, run) : startSmallRun(attempt, run);
    const both = [first, second].map(({ done }) => done);
    const refused = await endWithin(Promise.race(both), Math.max(SECOND_LIMIT_MS, 2 * length.ms));
    const ends = await Promise.all(both);
    for (const { code, stderr } of ends) attempt.note(`exit code ${code}\n${stderr}`);
    // Complete runs are only shown again.
    const codes = ends.map(({ code }) => code);
    const isRight = codes.includes(0) && codes.every((code) => [0, 1, EXIT_REFUSED].includes(code ?? -1));
    const findings = [
      ...when(refused === null, 'hang', 'neither of two runs ended in time'),
      ...when(!isRight, 'exit', `exit codes ${codes.join(' and ')}`),
      ...ends.flatMap(crashesIn),
      ...(await checkGone(run, Date.now())).findings,
      ...checkJournal(run.out, []),
      ...checkWhole(run.out),
      ...checkTidy(run),
    ];
    return { kind: 'done', findings };
  };

export const faultTrials = (length: RunLength): readonly Trial[] => [
  ...[...DISK_FAULTS, ...LIMIT_FAULTS, ...SERVER_FAULTS].map(
    ({ id, title, open, isShort = false }): Trial => ({
      id,
      section: 'faults',
      title,
      count: 10,
      shortCount: isShort ? 1 : 0,
      attempt: faultOf(open, length),
    }),
  ),
  {
    id: 'two-runs',
    section: 'faults',
    title: 'two runs in one folder',
    count: 10,
    shortCount: 1,
    attempt: twoRuns(length),
  },
  leftoversTrial,
];
