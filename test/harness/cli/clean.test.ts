import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { markKept, workFolders } from '../../../harness/cli/clean.ts';
import { WORK_PREFIX } from '../../../harness/cli/work-folder.ts';
import { PROGRAM } from '../../end-to-end/support.ts';
import { temporaryFolder } from '../sys/support.ts';

/** The id of a process that has ended. */
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

test('a work folder is live as long as the process in its pid file', (t) => {
  const dir = temporaryFolder(t);
  plant(dir, 'dead', deadPid());
  plant(dir, 'live', process.pid);
  plant(dir, 'ownerless', null);
  mkdirSync(join(dir, 'a-result'));
  const live = Object.fromEntries(
    workFolders(dir).map(({ path, live }) => [path.split(WORK_PREFIX)[1], live]),
  );
  assert.deepEqual(live, { dead: false, live: true, ownerless: false });
});

test('clean removes dead work folders, prints their paths, and keeps results and live runs', (t) => {
  const dir = temporaryFolder(t);
  const dead = plant(dir, 'dead', deadPid());
  const live = plant(dir, 'live', process.pid);
  mkdirSync(join(dir, 'a-result'));
  const { status, stdout } = clean(dir);
  assert.equal(status, 0);
  assert.equal(stdout, `removed: ${dead}\nin use, not removed: ${live}\n`);
  assert.deepEqual(readdirSync(dir).sort(), [`${WORK_PREFIX}live`, 'a-result']);
});

test('clean removes the folders of feature probes that were killed', (t) => {
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

test('a work folder that --keep-work left is removed and named as such', (t) => {
  const dir = temporaryFolder(t);
  const path = plant(dir, 'kept', deadPid());
  markKept(path);
  assert.equal(clean('-n', dir).stdout, `would remove: ${path} (kept by --keep-work)\n`);
  assert.equal(clean(dir).stdout, `removed: ${path} (kept by --keep-work)\n`);
  assert.deepEqual(readdirSync(dir), []);
});

test('a dry run prints what would be removed and removes nothing', (t) => {
  const dir = temporaryFolder(t);
  const dead = plant(dir, 'dead', deadPid());
  assert.equal(clean('--dry-run', dir).stdout, `would remove: ${dead}\n`);
  assert.ok(existsSync(join(dead, 'store', 'deep', 'object')));
});

test('clean reports an empty folder, and refuses a missing one', (t) => {
  const dir = temporaryFolder(t);
  assert.equal(clean(dir).stdout, `no work folders in ${dir}\n`);
  const { status, stderr } = clean(join(dir, 'missing'));
  assert.equal(status, 1);
  assert.match(stderr, /no such folder: .*missing\n {2}try: cfsbench clean/);
});
