// Faults of the machine: a full work folder, a disk that dies, a full result folder, missing programs and limits, steps of the clock.
// Each is real: small file systems of the test's own in a mount namespace of its own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bind } from '../../harness/sys/libc.ts';
import { findProgram } from '../../harness/sys/spawn.ts';
import { skippedSubject } from '../../results/not-measured.ts';
import { needsOtherUser, needsRoot, privateMounts } from '../harness/sys/support.ts';
import { buildSteppingClock } from './stepping-clock.ts';
import {
  afterwards,
  diskFolder,
  eventually,
  PROGRAM,
  program,
  readRun,
  readSamples,
  SEEN_LIMIT_MS,
  samplesSoFar,
  start,
  startProgram,
} from './support.ts';

const FAILED = 5;
const REFUSED = 4;
/** Ingest needs 3 MB, a life of a local image a few blocks. */
const RUN = [
  ...['run', '--backends', 'headline', '--placement', 'free', '--scenarios', 'churn,walk-warm'],
  ...['--images', 'synthetic:files=120,layers=1,seed=1', '--count-passes', '1', '--budget', '5m'],
];

const must = (...[name = '', ...args]: readonly string[]): void => {
  const done = spawnSync(name, args, { encoding: 'utf8' });
  assert.equal(done.status, 0, `${name} ${args.join(' ')}: ${done.stderr}`);
};

const mounted = (t: TestContext, at: string, ...how: readonly string[]): string => {
  mkdirSync(at);
  must('mount', ...how, at);
  afterwards(t, () => must('umount', '--lazy', at));
  return at;
};

/** Takes all free blocks but `leaveBytes`; returns the undo. */
const fill = (folder: string, leaveBytes: number): (() => void) => {
  const path = join(folder, 'filler');
  const { bavail, bsize } = statfsSync(folder);
  const chunk = Buffer.alloc(bsize, 'x');
  const fd = openSync(path, 'w');
  closeSync(fd);
  try {
    for (let left = bavail * bsize - leaveBytes; left > 0; left -= bsize)
      writeFileSync(path, chunk, { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
  return () => rmSync(path);
};

const cIoctl = bind<(fd: number, request: number, argument: Uint8Array) => number>(
  'ioctl',
  'int',
  'ulong',
  'void *',
);
/** EXT4_IOC_SHUTDOWN without a last write: from now on every operation that is not cached fails with EIO. */
const shutDown = (folder: string): void => {
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(2);
  const fd = openSync(folder, 'r');
  assert.equal(cIoctl(fd, 0x8004587d, flags), 0);
  closeSync(fd);
};

const isPlain = (stderr: string): void => assert.doesNotMatch(stderr, /this is a bug|\n {4}at /);

test('a full work folder fails slots only; a dead disk ends the run, which still prints its table', {
  skip: needsRoot,
}, async (t) => {
  privateMounts();
  const home = diskFolder(t);
  const [image, out] = [join(home, 'image'), join(home, 'out')];
  writeFileSync(image, '');
  truncateSync(image, 96e6);
  must('mkfs.ext4', '-q', '-F', '-m', '0', image);
  const disk = mounted(t, join(home, 'disk'), '-o', 'loop', image);
  const run = startProgram(t, [...RUN, '--work', disk, '--out', out]);
  await eventually('all slots of the counting pass', SEEN_LIMIT_MS, () => samplesSoFar(out) > 12);
  const empty = fill(disk, 1e6);
  const outcomes = (): string =>
    (existsSync(out) ? readSamples(out) : []).map(({ outcome }) => outcome).join();
  await eventually('failed slots between others', SEEN_LIMIT_MS, () => /failed.*,ok/.test(outcomes()));
  empty();
  shutDown(disk);
  const { code, stdout, stderr } = await run.done;
  assert.equal(code, FAILED, stderr);
  isPlain(stderr);
  const failed = readSamples(out).flatMap((sample) => (sample.outcome === 'failed' ? [sample] : []));
  assert.equal(failed[0]!.code, 'ENOSPC', failed[0]!.message);
  assert.match(failed[0]!.message, /WORK\/|No space left on device/);
  assert.equal(failed.at(-1)!.code, 'EIO', failed.at(-1)!.message);
  const { status, warnings } = readRun(out);
  assert.equal(status, 'failed');
  assert.match(warnings.join('\n'), /the run ends: \d+ slots in a row failed for the same reason \(EIO\)/);
  assert.match(stdout, /^synthetic-120-1-1 \(166 entries\), \d+(?: to \d+)? blocks?/m);
  assert.match(stdout, new RegExp(`^Results: ${out}$`, 'm'));
  assert.match(stderr, /cfsbench: the run ends: \d+ slots/);
  assert.match(stderr, new RegExp(`^left: ${disk}/\\S+\nto remove it: cfsbench clean ${disk}\n$`, 'm'));
});

test('a full result folder ends the run; the table is printed, and each missing file is named', {
  skip: needsRoot,
}, async (t) => {
  privateMounts();
  const home = diskFolder(t);
  const small = mounted(t, join(home, 'small'), '-t', 'tmpfs', '-o', 'size=2m', 'none');
  const out = join(small, 'out');
  const run = startProgram(t, [...RUN, '--count-only', '--work', home, '--out', out]);
  await eventually('some samples', SEEN_LIMIT_MS, () => samplesSoFar(out) > 2);
  const empty = fill(small, 0);
  const { code, stdout, stderr } = await run.done;
  assert.equal(code, FAILED, stderr);
  isPlain(stderr);
  for (const name of ['samples.ndjson', 'run.json', 'samples.csv', 'report.html'])
    assert.match(stderr, new RegExp(`cannot write ${join(out, name)}: no space left`), name);
  assert.match(stdout, /Counted, not timed/);
  assert.match(stdout, /Page: {4}could not be written/);
  assert.ok(readFileSync(join(out, 'samples.ndjson'), 'utf8').endsWith('}\n'), 'the last line is whole');
  assert.deepEqual(readdirSync(out).sort(), ['private.json', 'run.json', 'samples.ndjson']);
  assert.deepEqual(readdirSync(home), ['small'], 'the work folder is removed');
  empty();
  assert.equal((await program(t, ['report', out])).code, 0);
});

/** Runs the program behind a shell command in a mount namespace of its own. */
const behind = (t: TestContext, command: string, args: readonly string[], env = {}) =>
  start(
    t,
    [
      ...['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', `${command}; exec "$@"`, 'sh'],
      ...[process.execPath, PROGRAM, ...args],
    ],
    env,
  ).done;

/** A user without other processes: other test files run as nobody, and limits of processes count those too. */
const LONELY = 65_532;

test('a run checks all its needs before it makes anything', { skip: needsOtherUser }, async (t) => {
  const home = diskFolder(t);
  const args = (out: string): string[] => [...RUN, '--out', join(home, out)];
  chownSync(home, LONELY, LONELY);
  const hidden = ['cat', 'setpriv'].map((name) => `mount --bind /dev/null '${findProgram(name)}'`).join('; ');
  const asLonely = ['setpriv', `--reuid=${LONELY}`, `--regid=${LONELY}`, '--clear-groups'];
  const sparse = join(home, 'tree');
  mkdirSync(sparse);
  writeFileSync(join(sparse, 'huge'), '');
  truncateSync(join(sparse, 'huge'), 1e12);
  const few = join(home, 'few');
  mkdirSync(few);
  const [programs, files, tasks, space, inodes] = await Promise.all([
    behind(t, hidden, args('a')),
    start(t, ['prlimit', '--nofile=64', process.execPath, PROGRAM, ...args('b')]).done,
    start(t, [...asLonely, 'prlimit', '--nproc=60', process.execPath, PROGRAM, ...args('c')], { HOME: home })
      .done,
    program(t, ['run', '--images', `dir:${sparse}`, '--scenarios', 'walk-warm', '--out', join(home, 'd')]),
    behind(t, `mount -t tmpfs -o nr_inodes=300 none ${few}`, [...args('e'), '--allow-tmpfs', '--work', few]),
  ]);
  const expected = [
    [
      programs,
      /^cfsbench: not installed, or not on PATH: setpriv, cat\n {2}try: apt install util-linux coreutils, /,
    ],
    [files, /^cfsbench: the limit of open files is too low: 64, needed: \d+\n {2}try: ulimit -n \d+\n$/],
    [
      tasks,
      /^cfsbench: a limit is too low for a run: it needs \d+ processes and threads, and \d+ more are allowed\n/,
    ],
    [space, /cfsbench: not enough free disk space\n(.*\n)* {2}largest file: \/huge of dir:.*, 1\.0 TB\n/],
    [inodes, /cfsbench: not enough free inodes\n {2}needed: \d+ in .*\n {2}free: \d+\n/],
  ] as const;
  for (const [{ code, stderr }, message] of expected) {
    assert.match(stderr, message);
    assert.equal(code, REFUSED);
  }
  assert.deepEqual(readdirSync(home).sort(), ['few', 'tree']);
});

test('a run without loop devices measures right durations while the wall clock steps by hours', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const [library, out] = [buildSteppingClock(home), join(home, 'out')];
  const what = [
    '--backends',
    'composefs-fuse,erofs-overlay-loop',
    '--scenarios',
    'walk-warm',
    '--blocks',
    '8',
  ];
  const from = process.hrtime.bigint();
  const { code, stderr } = await behind(
    t,
    'mount --bind /dev/null /dev/loop-control',
    [...RUN, ...what, '--out', out],
    { LD_PRELOAD: library },
  );
  const tookNs = Number(process.hrtime.bigint() - from);
  assert.equal(code, 0, stderr);
  const { skipped, wallNs, startedAt, finishedAt } = readRun(out);
  const loop = skipped.find((one) => skippedSubject(one) === 'erofs-overlay-loop')!;
  assert.match(loop.reason, /LOOP_CTL_GET_FREE/);
  const wallClockMs = Math.abs(Date.parse(finishedAt!) - Date.parse(startedAt));
  assert.ok(wallClockMs > 3.5e6 || Math.abs(Date.parse(startedAt) - Date.now()) > 3.5e6, 'the clock stepped');
  const samples = readSamples(out);
  const durations = samples.flatMap((sample) => [
    sample.slotNs,
    ...(sample.outcome === 'ok' ? Object.entries(sample.values) : [])
      .filter(([name]) => name.endsWith('Ns'))
      .map(([, value]) => value),
  ]);
  for (const ns of durations) assert.ok(ns >= 0 && ns < tookNs, String(ns));
  const slotsNs = samples.reduce((sum, { slotNs }) => sum + slotNs, 0);
  assert.ok(slotsNs <= wallNs! && wallNs! <= tookNs, `${slotsNs} ${wallNs} ${tookNs}`);
});
