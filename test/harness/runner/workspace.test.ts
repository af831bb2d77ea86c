import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openLeakCheck } from '../../../harness/runner/leak-check.ts';
import { openWorkspace, removeWorkspace } from '../../../harness/runner/workspace.ts';
import { mounts } from '../../../harness/sys/mounts.ts';
import { needsRoot, privateMounts, temporaryFolder } from '../sys/support.ts';

test('a workspace says whose it is, and goes with all that is in it', async (t) => {
  const dir = join(temporaryFolder(t), 'work');
  const workspace = openWorkspace(dir, 4711);
  assert.equal(readFileSync(join(dir, 'pid'), 'utf8'), '4711\n');
  writeFileSync(join(workspace.slot('one').fresh('thing'), 'file'), '');
  await removeWorkspace(workspace);
  assert.equal(existsSync(dir), false);
});

test('folders of slots that left nothing wait for the end, unless there are many, and are no leak', async (t) => {
  const workspace = openWorkspace(join(temporaryFolder(t), 'work'), process.pid);
  const leaks = openLeakCheck(workspace, false);
  const used = (name: string): void => {
    const folders = workspace.slot(name);
    const before = leaks.before([folders]);
    folders.fresh('thing');
    mkdirSync(join(folders.store, 'objects', 'ab'), { recursive: true });
    assert.equal(leaks.after([folders], before).length, 3);
    folders.putAway();
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

test('folders that a slot asked for are no leak, whatever the path; everything else is', (t) => {
  const dir = join(temporaryFolder(t), 'back\\slash \u00e9');
  const workspace = openWorkspace(dir, process.pid);
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
    const workspace = openWorkspace(join(temporaryFolder(t), 'work'), process.pid);
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
