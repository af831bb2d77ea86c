import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { holdFolders, lockRunFolder } from '../../../harness/cli/hold-folders.ts';
import { foldersOf, type RunFolders } from '../../../harness/cli/work-folder.ts';
import { isInPlace } from '../../../harness/sys/folder-lock.ts';
import { markKept } from '../../../harness/sys/marked-folder.ts';
import { ownState } from '../../end-to-end/support.ts';
import { makeWork, temporaryFolder } from '../sys/support.ts';

before(ownState);

const hold = (chosen: RunFolders, keepWork = false) =>
  holdFolders({ chosen, allowTmpfs: true, keepWork, resumed: null });

const foldersIn = (home: string): RunFolders => foldersOf('1', join(home, 'runs', 'one'), null);

test('both folders are made and locked, and removed again if the run did not use them', async (t) => {
  const home = temporaryFolder(t);
  const chosen = foldersIn(home);
  const held = await hold(chosen);
  assert.deepEqual(readdirSync(join(home, 'runs')).sort(), [basename(chosen.workDir), 'one']);
  assert.deepEqual(JSON.parse(readFileSync(join(chosen.workDir, 'cfsbench.json'), 'utf8')), {
    run: '1',
    results: chosen.runDir,
  });
  assert.ok(isInPlace(held.run) && isInPlace(held.work));
  await assert.rejects(lockRunFolder(chosen.runDir), { exit: 4 });
  await held.close(true);
  assert.deepEqual(readdirSync(home), []);
});

test('a run folder in which a run was killed before it recorded anything is used again', async (t) => {
  const home = temporaryFolder(t);
  const { runDir } = foldersIn(home);
  mkdirSync(runDir, { recursive: true });
  for (const name of ['samples.ndjson', '.cfsbench-new-12ab']) writeFileSync(join(runDir, name), '');
  await (await hold(foldersIn(home))).close(true);
  writeFileSync(join(runDir, 'samples.ndjson'), '{}\n');
  await assert.rejects(hold(foldersIn(home)), {
    message: `the run folder is not empty: ${runDir}`,
    hint: `--out ${runDir}-2`,
  });
  writeFileSync(join(runDir, 'run.json'), '{}');
  await assert.rejects(hold(foldersIn(home)), {
    hint: `cfsbench run --resume ${runDir}, or --out ${runDir}-2`,
  });
});

test('a missing --work is refused by name, and no folder is made', async (t) => {
  const home = temporaryFolder(t);
  const work = join(home, 'typo');
  await assert.rejects(hold(foldersOf('1', join(home, 'a', 'b'), work)), {
    message: `no such folder: ${work}`,
    hint: `mkdir -p ${work}, or --work DIR, an existing folder that you can write to`,
  });
  assert.deepEqual(readdirSync(home), []);
});

test('a taken path of the work folder is refused, unless a dead process of cfsbench left it', async (t) => {
  const home = temporaryFolder(t);
  mkdirSync(join(home, 'runs'));
  const chosen = foldersIn(home);
  const theirs = join(home, 'theirs');
  mkdirSync(theirs);
  writeFileSync(join(theirs, 'precious'), '');
  const refused = (facts: readonly string[], exit: number, message: RegExp) =>
    assert.rejects(hold(chosen), (error: { message: string; facts: readonly string[]; exit: number }) => {
      assert.match(error.message, message);
      assert.ok(error.message.includes(chosen.workDir));
      assert.deepEqual([error.facts, error.exit], [facts, exit]);
      return true;
    });

  symlinkSync(theirs, chosen.workDir);
  await refused(['a symbolic link'], 1, /the path of the work folder is taken/);
  assert.deepEqual(readdirSync(theirs), ['precious']);

  const other = { ...chosen, workDir: join(dirname(chosen.workDir), '.cfsbench-work-theirs') };
  mkdirSync(other.workDir);
  writeFileSync(join(other.workDir, 'precious'), '');
  await assert.rejects(hold(other), /the path of the work folder is taken/);
  assert.deepEqual(readdirSync(other.workDir), ['precious']);

  const mine = { ...chosen, workDir: join(home, 'runs', '.cfsbench-work-mine') };
  const live = makeWork(mine.workDir);
  await assert.rejects(hold(mine), { exit: 4 });
  assert.ok(isInPlace(live));
  writeFileSync(join(live.path, 'left'), '');
  live.close();
  const held = await hold(mine);
  assert.deepEqual(readdirSync(mine.workDir), ['cfsbench.json']);
  await held.close(true);
});

test('a start removes what killed runs left in its work parent, but not what --keep-work left', async (t) => {
  const home = temporaryFolder(t);
  const [runs, path] = [join(home, 'runs'), (name: string) => join(home, 'runs', `.cfsbench-work-${name}`)];
  mkdirSync(runs);
  makeWork(path('dead')).close();
  const kept = makeWork(path('kept'));
  markKept(kept);
  kept.close();
  const live = makeWork(path('live'));
  const held = await hold(foldersIn(home));
  assert.deepEqual(
    ['dead', 'kept', 'live'].map((name) => existsSync(path(name))),
    [false, true, true],
  );
  await held.close(true);
  live.close();
});

test('what --keep-work keeps stays, whatever ends its run and whatever resumes it', async (t) => {
  const home = temporaryFolder(t);
  const chosen = foldersIn(home);
  const { work, run } = await hold(chosen, true);
  // As a kill does.
  work.close();
  run.close();
  const runs = join(home, 'runs');
  await assert.rejects(hold(chosen), {
    message: `the work folder of an earlier process of this run was kept: ${chosen.workDir}`,
    hint: `cfsbench clean ${runs}, or --work DIR, another folder`,
  });
  const other = foldersOf('2', join(runs, 'two'), null);
  await (await hold(other)).close(true);
  assert.deepEqual(readdirSync(chosen.workDir).sort(), ['cfsbench.json', 'kept']);
});
