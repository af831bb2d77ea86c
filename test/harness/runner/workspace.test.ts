import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { openLeakCheck } from '../../../harness/runner/leak-check.ts';
import { openWorkspace, removeWorkspace, slotName } from '../../../harness/runner/workspace.ts';
import { mounts } from '../../../harness/sys/mounts.ts';
import { findProgram } from '../../../harness/sys/spawn.ts';
import { makeWork, needsRoot, privateMounts, temporaryFolder } from '../sys/support.ts';

test('removeWorkspace removes the folder with all its contents', async (t) => {
  const dir = join(temporaryFolder(t), 'work');
  const workspace = openWorkspace(makeWork(dir));
  writeFileSync(join(workspace.slot('one').fresh('thing'), 'file'), '');
  await removeWorkspace(workspace);
  assert.equal(existsSync(dir), false);
});

test('names of slots are equally long in every run and for every slot, and differ between runs', (t) => {
  const home = temporaryFolder(t);
  const runs = Array.from({ length: 12 }, (_, i) => openWorkspace(makeWork(join(home, `run-${i}`))));
  // Twelve of 1,296 that are all the same would be no tags.
  assert.ok(new Set(runs.map(({ tag }) => tag)).size > 1);
  for (const { tag, store } of runs) {
    assert.match(tag, /^[0-9a-z]{2}$/);
    assert.equal(basename(store), `store-${tag}`);
    assert.deepEqual(
      [0, 35, 36, 1_679_615].map((seq) => slotName(tag, seq)),
      [`slot-${tag}0000`, `slot-${tag}000z`, `slot-${tag}0010`, `slot-${tag}zzzz`],
    );
  }
});

const EXT4 = 0xef53;

test('on ext4 the work folder and its slots have the flag that spreads folders over the disk', {
  skip:
    (statfsSync('/var/tmp').type === EXT4 ? false : '/var/tmp is no ext4') ||
    (findProgram('lsattr') === null ? 'needs lsattr' : false),
}, (t) => {
  const home = mkdtempSync(join('/var/tmp', 'cfsbench-spread-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const { dir, slots } = openWorkspace(makeWork(join(home, 'work')));
  for (const folder of [dir, slots]) {
    const [flags = ''] = execFileSync('lsattr', ['-d', folder], { encoding: 'utf8' }).split(' ');
    assert.ok(flags.includes('T'), `${folder}: ${flags}`);
  }
});

test('folders of slots without leftovers are removed at the end, or at once beyond a limit', async (t) => {
  const workspace = openWorkspace(makeWork(join(temporaryFolder(t), 'work')));
  const leaks = openLeakCheck(workspace, false);
  const used = (name: string): void => {
    const folders = workspace.slot(name);
    const before = leaks.before([folders]);
    folders.fresh('thing');
    mkdirSync(join(folders.store, 'objects', 'ab'), { recursive: true });
    assert.equal(leaks.after([folders], before).length, 3);
    folders.removeLater();
    assert.equal(existsSync(folders.dir), false);
  };
  const most = Math.floor(25_000 / 263);
  for (let i = 0; i < most + 3; i++) used(`slot-${i}`);
  assert.equal(readdirSync(workspace.later).length, most);
  assert.ok(existsSync(join(workspace.later, `slot-${most - 1}`, 'store', 'objects', 'ab')));
  const after = workspace.slot('after');
  assert.deepEqual(leaks.after([after], leaks.before([after])), []);
  await removeWorkspace(workspace);
  assert.equal(existsSync(workspace.dir), false);
});

test('folders that a slot requested are no leak, whatever the path; all other files are', (t) => {
  const dir = join(temporaryFolder(t), 'back\\slash \u00e9');
  const workspace = openWorkspace(makeWork(dir));
  const leaks = openLeakCheck(workspace, false);
  const folders = [workspace.slot('one'), workspace.slot('one-1')];
  const before = leaks.before(folders);
  const thing = folders[0]!.fresh('thing');
  assert.deepEqual(leaks.after(folders, before), []);
  writeFileSync(join(folders[1]!.dir, 'beside'), '');
  writeFileSync(join(thing, 'forgotten'), '');
  mkdirSync(join(dir, 'stray'));
  const left = leaks.after(folders, before);
  assert.deepEqual(
    left.map((name) => name.split('/').at(-1)),
    ['stray', 'forgotten', 'beside'],
  );
  assert.ok(left.every((name) => name.startsWith('file: ') && name.includes('back\\\\slash \\xc3\\xa9')));
});

describe('with mounts left behind', { skip: needsRoot }, () => {
  test('a slot and a workspace are removed all the same', async (t) => {
    privateMounts();
    const workspace = openWorkspace(makeWork(join(temporaryFolder(t), 'work')));
    const folders = workspace.slot('one');
    const leave = (at: string): void => mounts.attach(mounts.create('tmpfs', [], []), at);
    const at = folders.fresh('mount');
    leave(at);
    mkdirSync(join(at, 'nested'));
    leave(join(at, 'nested'));
    folders.remove();
    assert.deepEqual(readdirSync(workspace.slots), []);
    leave(workspace.scratch);
    await removeWorkspace(workspace);
    assert.equal(existsSync(workspace.dir), false);
  });
});
