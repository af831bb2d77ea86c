import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { WORK_PREFIX } from '../../../harness/cli/work-folder.ts';
import { openCacheFolder } from '../../../harness/sys/cache-folder.ts';
import { recordedFolders } from '../../../harness/sys/folder-index.ts';
import { markKept } from '../../../harness/sys/marked-folder.ts';
import { lockRun } from '../../../harness/sys/run-locks.ts';
import { TEMPORARY_PREFIX } from '../../../results/write-file.ts';
import { ownState, PROGRAM } from '../../end-to-end/support.ts';
import { makeWork, needsRoot, temporaryFolder } from '../sys/support.ts';

const NOBODY = 65534;
const EXIT_LEFT = 5;

before(ownState);

const plant = (dir: string, name: string): string => {
  const folder = makeWork(join(dir, `${WORK_PREFIX}${name}`));
  mkdirSync(join(folder.path, 'store', 'deep'), { recursive: true });
  writeFileSync(join(folder.path, 'store', 'deep', 'object'), 'x');
  folder.close();
  return folder.path;
};

const clean = (args: readonly string[], before: readonly string[] = [], cwd?: string) => {
  const [program = '', ...words] = [...before, process.execPath, PROGRAM, 'clean', ...args];
  return spawnSync(program, words, { encoding: 'utf8', ...(cwd === undefined ? {} : { cwd }) });
};

const NOTE =
  /^A folder without a mark belongs to another program, or to a version .*: rm -r removes it\.\n$/m;

test('clean removes leftovers, and nothing that is in use or that cfsbench did not make', (t) => {
  const dir = temporaryFolder(t);
  const dead = plant(dir, 'dead');
  const live = makeWork(join(dir, `${WORK_PREFIX}live`));
  t.after(() => live.close());
  const features = join(dir, '.cfsbench-features-1a2b');
  makeWork(features).close();
  const theirs = join(dir, `${WORK_PREFIX}theirs`);
  mkdirSync(theirs);
  writeFileSync(join(theirs, 'precious'), 'x');
  symlinkSync(theirs, join(dir, `${WORK_PREFIX}a-link`));
  const odd = join(dir, `${WORK_PREFIX}odd\n\u001b[31m`);
  mkdirSync(odd);
  writeFileSync(join(odd, 'precious'), 'x');
  mkdirSync(join(dir, 'a-result'));
  // The process that holds the lock does not exist in a PID namespace of its own.
  const elsewhere = needsRoot === false ? ['unshare', '--pid', '--fork', '--mount-proc'] : [];
  const { status, stdout } = clean([dir], elsewhere);
  assert.equal(status, 0);
  assert.equal(
    stdout.replace(NOTE, ''),
    [
      `removed: ${features}`,
      `not removed: ${dir}/${WORK_PREFIX}a-link (a symbolic link)`,
      `removed: ${dead}`,
      `in use, not removed: ${live.path}`,
      `not removed: ${dir}/${WORK_PREFIX}odd\\u{a}\\u{1b}[31m (it has no mark of cfsbench)`,
      `not removed: ${theirs} (it has no mark of cfsbench)`,
      '',
    ].join('\n'),
  );
  assert.match(stdout, NOTE);
  assert.equal(readdirSync(dir).length, 5);
  assert.ok(existsSync(join(theirs, 'precious')));
});

test('clean names the folder of a thousand that it cannot remove, exits with 5 and removes the others', {
  skip: needsRoot,
}, (t) => {
  const dir = temporaryFolder(t);
  for (let i = 0; i < 1000; i++) makeWork(join(dir, `${WORK_PREFIX}${i}`)).close();
  const bad = plant(dir, '500-bad');
  const theirs = plant(dir, '501-theirs');
  chownSync(theirs, NOBODY, NOBODY);
  mkdirSync(join(dir, `${WORK_PREFIX}502-mark`, 'cfsbench.json'), { recursive: true });
  const mounting = `mount -t tmpfs none ${bad}/store && exec "$@"`;
  const from = Date.now();
  const { status, stdout, stderr } = clean([dir], ['unshare', '--mount', 'sh', '-c', mounting, 'sh']);
  t.diagnostic(`${Date.now() - from} ms`);
  assert.equal(status, EXIT_LEFT, stderr);
  assert.equal(stdout.match(/^removed: /gm)?.length, 1000);
  assert.match(stdout, /^not removed: .*501-theirs \(it belongs to user 65534\)$/m);
  assert.equal(
    stderr,
    `cannot remove: ${bad}\n  a file system is mounted in it: ${bad}/store\n  try: umount ${bad}/store\n` +
      'cfsbench: 1 of 1003 could not be removed\n',
  );
  assert.equal(readdirSync(dir).length, 3);
});

test('clean removes no cache while a run measures', async (t) => {
  const [dir, home, locks] = [temporaryFolder(t), temporaryFolder(t), temporaryFolder(t)];
  const cache = join(home, 'cfsbench');
  mkdirSync(cache);
  const known = process.env['CFSBENCH_LOCKS'];
  process.env['CFSBENCH_LOCKS'] = locks;
  const lock = await lockRun({ pid: process.pid, startedAt: '', runDir: '/runs/a' });
  if (known === undefined) delete process.env['CFSBENCH_LOCKS'];
  else process.env['CFSBENCH_LOCKS'] = known;
  const variables = ['env', `CFSBENCH_LOCKS=${locks}`, `XDG_CACHE_HOME=${home}`];
  const during = clean(['--cache', dir], variables);
  assert.deepEqual([during.status, existsSync(cache)], [0, true], during.stderr);
  assert.equal(during.stdout.split('\n')[0], `in use, not removed: ${cache}`);
  lock.close();
  assert.match(clean(['--cache', dir], variables).stdout.split('\n')[0]!, /^removed: \S+ \([\d.]+ k?B\)$/);
  assert.ok(!existsSync(cache));
});

test('clean keeps manifests; --cache removes them and their entry in the index of folders', async () => {
  const home = process.env['XDG_CACHE_HOME']!;
  (await openCacheFolder('manifests'))!.close();
  const manifests = join(home, 'cfsbench', 'manifests');
  assert.ok(recordedFolders().includes(manifests));
  assert.match(clean([]).stdout, /^nothing was left in /);
  assert.ok(existsSync(manifests));
  const text = clean(['--cache'], ['env', 'CFSBENCH_LOCKS=']).stdout;
  assert.match(text.split('\n')[0]!, /^removed: \S+\/cfsbench \([\d.]+ k?B\)$/);
  assert.ok(!existsSync(manifests));
  assert.ok(!recordedFolders().includes(manifests));
  assert.match(clean(['--cache'], ['env', 'CFSBENCH_LOCKS=']).stdout, /^no cache folder exists$/m);
});

test('clean names a cache that it cannot remove, exits with 5 and removes the leftovers', {
  skip: needsRoot,
}, (t) => {
  const [dir, home] = [temporaryFolder(t), temporaryFolder(t)];
  const left = plant(dir, 'left');
  const cache = join(home, 'cfsbench');
  mkdirSync(join(cache, 'native'), { recursive: true });
  const mounting = `export CFSBENCH_LOCKS= XDG_CACHE_HOME=${home} && mount -t tmpfs none ${cache}/native && exec "$@"`;
  const { status, stdout, stderr } = clean(
    ['--cache', dir],
    ['unshare', '--mount', 'sh', '-c', mounting, 'sh'],
  );
  assert.equal(status, EXIT_LEFT, stderr);
  assert.equal(stdout, `removed: ${left}\n`);
  const [first, reason, last] = stderr.split('\n');
  assert.equal(first, `cannot remove: ${cache}`);
  assert.match(reason!, /^ {2}EBUSY/);
  assert.equal(last, 'cfsbench: 1 of 2 could not be removed');
});

test('without a folder clean looks in ./runs, and wherever a run of this user has worked', (t) => {
  const [cwd, far] = [temporaryFolder(t), temporaryFolder(t)];
  mkdirSync(join(cwd, 'runs'));
  const [near, elsewhere] = [plant(join(cwd, 'runs'), 'near'), plant(far, 'far')];
  const gone = makeWork(join(far, `${WORK_PREFIX}gone`));
  gone.close();
  spawnSync('rm', ['-rf', gone.path]);
  const { status, stdout } = clean([], [], cwd);
  assert.equal(status, 0);
  assert.deepEqual(
    stdout.trimEnd().split('\n').sort(),
    [near, elsewhere].map((path) => `removed: ${path}`).sort(),
  );
  assert.equal(
    clean([], [], cwd).stdout,
    'nothing was left in ./runs, nor where earlier runs of this user have worked\n',
  );
});

test('a work folder that --keep-work left is removed and named as such', (t) => {
  const dir = temporaryFolder(t);
  const folder = makeWork(join(dir, `${WORK_PREFIX}kept`));
  markKept(folder);
  folder.close();
  const { path } = folder;
  assert.equal(clean(['-n', dir]).stdout, `would remove: ${path} (kept by --keep-work)\n`);
  assert.ok(existsSync(path));
  assert.equal(clean([dir]).stdout, `removed: ${path} (kept by --keep-work)\n`);
  assert.deepEqual(readdirSync(dir), []);
});

test('clean reports an empty folder, and refuses a missing one', (t) => {
  const dir = temporaryFolder(t);
  assert.equal(clean([dir]).stdout, `nothing was left in ${dir}\n`);
  const { status, stderr } = clean([join(dir, 'missing')]);
  assert.equal(status, 1);
  assert.match(stderr, /no such folder: .*missing\n {2}try: cfsbench clean/);
});

test('clean removes unfinished files that were unchanged for an hour, but no newer file and no link', (t) => {
  const dir = temporaryFolder(t);
  const at = (digits: string): string => join(dir, `${TEMPORARY_PREFIX}${digits}`);
  const old = [at('00000000000000aa'), at('named-by-a-user'), join(dir, 'x.json')];
  const recent = at('00000000000000bb');
  for (const path of [...old, recent]) writeFileSync(path, '{');
  for (const path of old) utimesSync(path, 1, 1);
  const link = at('00000000000000cc');
  symlinkSync(old[2]!, link);
  assert.equal(
    clean(['--dry-run', dir])
      .stdout.match(/^would remove: .*$/gm)
      ?.join(),
    `would remove: ${old[0]}`,
  );
  const { status, stdout } = clean([dir]);
  assert.equal(status, 0);
  assert.equal(
    stdout,
    [
      `removed: ${old[0]}`,
      `changed in the last hour, not removed: ${recent}`,
      `not removed: ${link} (not a regular file)`,
      '',
    ].join('\n'),
  );
  assert.equal(readdirSync(dir).length, 4);
});
