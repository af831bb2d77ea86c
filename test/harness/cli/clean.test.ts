import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { workFolders } from '../../../harness/cli/clean.ts';
import { WORK_PREFIX } from '../../../harness/cli/work-folder.ts';
import { PROGRAM } from '../../end-to-end/support.ts';
import { temporaryFolder } from '../sys/support.ts';

/** Of a process that ended. */
const deadPid = (): number => spawnSync('true').pid;

const plant = (dir: string, name: string, pid: number | null): string => {
  const path = join(dir, `${WORK_PREFIX}${name}`);
  mkdirSync(join(path, 'store', 'deep'), { recursive: true });
  writeFileSync(join(path, 'store', 'deep', 'object'), 'x');
  if (pid !== null) writeFileSync(join(path, 'pid'), `${pid}\n`);
  return path;
};

const clean = (...args: string[]) =>
  spawnSync(process.execPath, [PROGRAM, 'clean', ...args], { encoding: 'utf8' });

test('a work folder lives as long as the process that its pid file names', (t) => {
  const dir = temporaryFolder(t);
  plant(dir, 'dead', deadPid());
  plant(dir, 'live', process.pid);
  plant(dir, 'nobody', null);
  mkdirSync(join(dir, 'a-result'));
  const live = Object.fromEntries(
    workFolders(dir).map(({ path, live }) => [path.split(WORK_PREFIX)[1], live]),
  );
  assert.deepEqual(live, { dead: false, live: true, nobody: false });
});

test('clean removes what is dead, names it, and leaves results and live runs alone', (t) => {
  const dir = temporaryFolder(t);
  const dead = plant(dir, 'dead', deadPid());
  const live = plant(dir, 'live', process.pid);
  mkdirSync(join(dir, 'a-result'));
  const { status, stdout } = clean(dir);
  assert.equal(status, 0);
  assert.equal(stdout, `removed: ${dead}\nin use, left alone: ${live}\n`);
  assert.deepEqual(readdirSync(dir).sort(), [`${WORK_PREFIX}live`, 'a-result']);
});

test('what the look at the machine left when it was killed goes too', (t) => {
  const dir = temporaryFolder(t);
  const dead = join(dir, `.cfsbench-features-${deadPid()}-x1`);
  const live = join(dir, `.cfsbench-features-${process.pid}-x2`);
  for (const path of [dead, live]) mkdirSync(path);
  assert.match(clean(dir).stdout, new RegExp(`^removed: ${dead}$`, 'm'));
  assert.deepEqual(
    readdirSync(dir).map((name) => join(dir, name)),
    [live],
  );
});

test('a dry run only says what would go', (t) => {
  const dir = temporaryFolder(t);
  const dead = plant(dir, 'dead', deadPid());
  assert.equal(clean('--dry-run', dir).stdout, `would remove: ${dead}\n`);
  assert.ok(existsSync(join(dead, 'store', 'deep', 'object')));
});

test('with nothing to do clean says so, and refuses a folder that is not there', (t) => {
  const dir = temporaryFolder(t);
  assert.equal(clean(dir).stdout, `nothing left behind in ${dir}\n`);
  const { status, stderr } = clean(join(dir, 'missing'));
  assert.equal(status, 1);
  assert.match(stderr, /no such folder: .*missing\n {2}try: cfsbench clean/);
});
