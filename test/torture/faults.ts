// A machine that fails during a run: disks, limits, tools, servers, neighbours.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverPath } from '../../harness/backends/server-path.ts';
import type { Random } from '../../harness/model/random.ts';
import { type Finished, loopsBelow, type Running, readRun } from '../end-to-end/support.ts';
import {
  checkGone,
  checkJournal,
  checkNamed,
  checkTidy,
  checkWhole,
  crashesIn,
  endWithin,
  finding,
  journalLines,
  when,
} from './checks.ts';
import { drawMoment, type RunLength, reachMoment } from './moment.ts';
import { fill, openPlace, type Place, takeInodes } from './place.ts';
import { inRole, stopSurely } from './process-tree.ts';
import {
  type CommandSetting,
  openSmallRun,
  resumeSmallRun,
  type SmallRun,
  startSmallRun,
} from './small-run.ts';
import type { Attempt, AttemptEnd, Finding, Trial } from './trial.ts';

const END_LIMIT_MS = 180_000;
/** Nothing was measured: something cannot be read or written, or is missing. */
const REFUSED = [1, 4];
const EXIT_REFUSED = 4;
const EXIT_FAILED = 5;

interface FaultSetting {
  readonly run: SmallRun;
  /** Further options of the run. */
  readonly options?: readonly string[];
  readonly setting?: CommandSetting;
  /** At a random moment of the run; absent: the fault is there from the beginning. */
  readonly cause?: (running: Running) => void | Promise<void>;
  /** Exit codes with which the run may end, unless it is complete. */
  readonly codes: readonly number[];
  /** What it must say then. */
  readonly says: RegExp;
}

type OpenFault = (attempt: Attempt) => Promise<FaultSetting>;

const statusOf = ({ out }: SmallRun): string | null =>
  existsSync(join(out, 'run.json')) ? readRun(out).status : null;

/** A run that was complete before the fault ends with 0; every other one with a code of the fault, and says why. */
const checkEnd = ({ run, codes, says }: FaultSetting, end: Finished): readonly Finding[] => {
  if (end.code === 0)
    return when(statusOf(run) !== 'complete', 'exit', 'exit code 0 of a run that is not complete');
  const isRefused = REFUSED.includes(end.code ?? -1) && journalLines(run.out).length === 0;
  return [
    ...when(
      !codes.includes(end.code ?? -1) && !isRefused,
      'exit',
      `exit code ${end.code} instead of ${codes.join(' or ')}`,
    ),
    ...when(!says.test(end.stderr), 'exit', `the message does not say why (${says.source})`),
    ...crashesIn(end),
  ];
};

const faultOf =
  (open: OpenFault, length: RunLength) =>
  async (attempt: Attempt): Promise<AttemptEnd> => {
    const fault = await open(attempt);
    const { run, cause } = fault;
    const running = startSmallRun(attempt, run, fault.options, fault.setting);
    let lines: readonly string[] = [];
    if (cause !== undefined) {
      const momentMs = drawMoment(attempt.random, length);
      attempt.note(`fault after ${momentMs} ms of ${Math.round(length.ms)} ms`);
      if (!(await reachMoment(running, momentMs))) return { kind: 'missed' };
      lines = journalLines(run.out);
      await cause(running);
    }
    const atMs = Date.now();
    const end = await endWithin(running.done, END_LIMIT_MS);
    if (end === null)
      return {
        kind: 'done',
        findings: [finding('hang', `the run did not end within ${END_LIMIT_MS / 1000} s`)],
      };
    attempt.note(`exit code ${end.code}\n${end.stdout}${end.stderr}`);
    const findings = [
      ...checkEnd(fault, end),
      ...(await checkGone(run, Date.now())).findings,
      ...checkJournal(run.out, lines),
      ...checkNamed(run, end),
    ];
    return { kind: 'done', findings, endedMs: Date.now() - atMs };
  };

interface PlaceFault {
  /** Mounts something on "$1". */
  readonly mount: string;
  readonly cause: (place: Place) => void;
  readonly says: RegExp;
}

const FULL = /no space|ENOSPC|disk space|disk is full/i;
const EXT4 = (bytes: string, options: string): string =>
  `truncate -s ${bytes} "$2/disk"; mkfs.ext4 -q -F ${options} "$2/disk"; mount -o loop,errors=remount-ro "$2/disk" "$1"`;

/** What the place itself mounts. */
const ownOf = ({ home }: Attempt, { root }: Place): readonly string[] => [root, ...loopsBelow(home)];

/** The work folder on a file system that fails. */
const onWork =
  ({ mount, cause, says }: PlaceFault): OpenFault =>
  async (attempt) => {
    const place = await openPlace(attempt.owner, attempt.home, mount);
    return {
      run: { ...openSmallRun(attempt), own: ownOf(attempt, place) },
      options: ['--work', place.root, '--allow-tmpfs'],
      setting: { prefix: place.enter },
      cause: () => cause(place),
      codes: [EXIT_FAILED],
      says,
    };
  };

/** The result folder on a file system that fails. */
const onOut =
  ({ mount, cause, says }: PlaceFault): OpenFault =>
  async (attempt) => {
    const place = await openPlace(attempt.owner, attempt.home, mount);
    return {
      run: { ...openSmallRun(attempt), out: join(place.outside, 'results'), own: ownOf(attempt, place) },
      options: ['--out', join(place.root, 'results'), '--work', attempt.home],
      setting: { prefix: place.enter },
      cause: () => cause(place),
      codes: [EXIT_FAILED],
      says,
    };
  };

const inHome = (attempt: Attempt, fault: Omit<FaultSetting, 'run'>): FaultSetting => ({
  ...fault,
  run: openSmallRun(attempt),
});

/** The process that measures may open two more files than it has open. */
const limitFiles = ({ child }: Running): void => {
  const measuring = inRole(child.pid!, 'measuring');
  if (measuring === undefined) return;
  const most = readdirSync(`/proc/${measuring.pid}/fd`).length + 2;
  spawnSync('prlimit', ['--pid', String(measuring.pid), `--nofile=${most}:${most}`]);
};

const POLL_MS = 1;

const stopServer = async ({ child }: Running): Promise<void> => {
  while (child.exitCode === null && child.signalCode === null) {
    const server = inRole(child.pid!, 'server');
    if (server !== undefined && stopSurely(server.pid)) return;
    await sleep(POLL_MS);
  }
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

const MOST_STARTS = 60;
const MOST_READS = 30;

/** A server that dies once: the one that is started as the Nth, by a signal at its Mth read of a request or when it ends. */
const dyingServer = (home: string, inject: string, nth: number): string => {
  const [bin, count] = [join(home, 'bin'), join(home, 'bin', 'count')];
  mkdirSync(bin);
  const path = join(bin, 'server');
  const traced = `strace -D -f -o /dev/null -e trace=read,exit_group -e inject=${inject} ${serverPath} "$@"`;
  writeFileSync(
    path,
    `#!/bin/sh\necho >>${count}\n[ "$(wc -l <${count})" -ne ${nth} ] || exec ${traced}\nexec ${serverPath} "$@"\n`,
  );
  chmodSync(path, 0o755);
  return path;
};

const serverDies =
  (injectOf: (random: Random) => string): OpenFault =>
  async (attempt) => {
    const { random, home } = attempt;
    const server = dyingServer(home, injectOf(random), random.int(1, MOST_STARTS));
    return inHome(attempt, {
      options: ['--backends', `composefs-fuse@server=${server},erofs-overlay,unpacked-overlay`],
      codes: [EXIT_FAILED],
      says: /server/,
    });
  };

const FAULTS: readonly (readonly [id: string, title: string, open: OpenFault])[] = [
  [
    'full-work',
    'full disk below the work folder',
    onWork({ mount: EXT4('256M', ''), cause: fill, says: FULL }),
  ],
  [
    'full-out',
    'full disk below the results',
    onOut({ mount: 'mount -t tmpfs -o size=32m none "$1"', cause: fill, says: FULL }),
  ],
  ['no-inodes', 'no inode left', onWork({ mount: EXT4('256M', '-N 40000'), cause: takeInodes, says: FULL })],
  [
    'read-only',
    'file system becomes read-only',
    onWork({
      mount: EXT4('256M', ''),
      cause: ({ sh }) =>
        void sh('echo 1 >/sys/fs/ext4/$(basename $(findmnt -no SOURCE "$1"))/trigger_fs_error'),
      says: /read-only|EROFS/i,
    }),
  ],
  [
    'eio',
    'I/O errors (EIO)',
    onWork({
      mount: 'truncate -s 512M "$2/disk"; mkfs.xfs -q "$2/disk"; mount -o loop "$2/disk" "$1"',
      cause: ({ sh }) => void sh('xfs_io -x -c "shutdown -f" "$1"'),
      says: /I\/O error|input\/output error|EIO/i,
    }),
  ],
  [
    'emfile',
    'no more open files (EMFILE)',
    async (attempt) =>
      inHome(attempt, { cause: limitFiles, codes: [EXIT_FAILED], says: /too many open files|EMFILE/i }),
  ],
  [
    'no-loop',
    'no loop device',
    async (attempt) => {
      const place = await openPlace(attempt.owner, attempt.home, 'mount --bind /dev/null /dev/loop-control');
      return inHome(attempt, { setting: { prefix: place.enter }, codes: [], says: /loop/ });
    },
  ],
  [
    'missing-tool',
    'a missing tool',
    async (attempt) => {
      const tool = pick(attempt.random, TOOLS);
      const env = { PATH: pathWithout(attempt.home, tool) };
      return inHome(attempt, { setting: { env }, codes: [EXIT_REFUSED], says: new RegExp(`\\b${tool}\\b`) });
    },
  ],
  [
    'stopped-server',
    'a server that hangs (SIGSTOP)',
    async (attempt) =>
      inHome(attempt, {
        cause: stopServer,
        options: ['--budget', '90s'],
        codes: [EXIT_FAILED],
        says: /took too long/,
      }),
  ],
  ['server-dead-early', 'a server that dies while it mounts', serverDies(() => 'read:signal=KILL:when=1')],
  [
    'server-dead-in-use',
    'a server that dies in use',
    serverDies((random) => `read:signal=KILL:when=${random.int(2, MOST_READS)}`),
  ],
  ['server-dead-at-end', 'a server that crashes after unmount', serverDies(() => 'exit_group:signal=SEGV')],
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

export const faultTrials = (length: RunLength): readonly Trial[] =>
  [
    ...FAULTS.map(([id, title, open]) => [id, title, faultOf(open, length)] as const),
    ['two-runs', 'two runs in one folder', twoRuns(length)] as const,
  ].map(([id, title, attempt]) => ({ id, section: 'faults', title, count: 10, shortCount: 1, attempt }));
