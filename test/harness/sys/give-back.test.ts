// Results of a run under sudo: what is given to the calling user, and that exchanged names give nothing else.
import assert from 'node:assert/strict';
import fs, {
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, type TestContext, test } from 'node:test';
import { openFolder } from '../../../harness/sys/folder-lock.ts';
import { giveBack } from '../../../harness/sys/give-back.ts';
import { needsRoot, temporaryFolder } from './support.ts';

const NOBODY = 65534;

interface Home {
  readonly home: string;
  /** The run folder, with a file in a subfolder. */
  readonly run: string;
  /** A folder of root with a file `secret`, outside the run folder. */
  readonly outside: string;
}

/** The home belongs to the user, and all else to root. */
const homeOf = (t: TestContext): Home => {
  const top = temporaryFolder(t);
  const [home, outside] = [join(top, 'home'), join(top, 'outside')];
  const run = join(home, 'runs', 'one');
  mkdirSync(join(run, 'sub'), { recursive: true });
  writeFileSync(join(run, 'sub', 'file'), '');
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret'), '');
  chownSync(home, NOBODY, NOBODY);
  return { home, run, outside };
};

const uidOf = (...path: readonly string[]): number => lstatSync(join(...path)).uid;

const give = (path: string, afterOpen = () => {}): void => {
  const folder = openFolder(path);
  try {
    afterOpen();
    giveBack(folder);
  } finally {
    folder.close();
  }
};

describe('results of a run under sudo', { skip: needsRoot }, () => {
  const before = { ...process.env };
  beforeEach(() => {
    process.env['SUDO_UID'] = String(NOBODY);
    process.env['SUDO_GID'] = String(NOBODY);
  });
  afterEach(() => {
    for (const name of ['SUDO_UID', 'SUDO_GID'])
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
  });

  test('the run folder, its parent, links and files are given, but not what links lead to', (t) => {
    const { home, run, outside } = homeOf(t);
    symlinkSync(outside, join(run, 'link'));
    symlinkSync('one', join(home, 'runs', 'latest'));
    linkSync(join(outside, 'secret'), join(run, 'second name'));
    give(run);
    for (const name of [
      'runs',
      'runs/latest',
      'runs/one',
      'runs/one/sub',
      'runs/one/sub/file',
      'runs/one/link',
    ])
      assert.equal(uidOf(home, name), NOBODY, name);
    assert.deepEqual([uidOf(outside), uidOf(outside, 'secret')], [0, 0]);
  });

  test('nothing is given to the user below a folder of another', (t) => {
    const { home, run } = homeOf(t);
    chownSync(home, 0, 0);
    give(run);
    assert.deepEqual([uidOf(run), uidOf(run, 'sub', 'file')], [0, 0]);
  });

  test('a folder whose name is exchanged for a link while it is given leads nowhere', (t) => {
    const { run, outside } = homeOf(t);
    const sub = join(run, 'sub');
    const { ino } = lstatSync(sub);
    let exchanged = false;
    const exchange = (seen: number): void => {
      if (exchanged || seen !== ino) return;
      exchanged = true;
      renameSync(sub, join(run, 'aside'));
      symlinkSync(outside, sub);
    };
    // After the look at the folder, whichever call looks.
    for (const name of ['lstatSync', 'fstatSync'] as const) {
      const real = fs[name] as (of: never, options?: never) => { readonly ino: number };
      t.mock.method(fs, name, (of: never, options?: never) => {
        const stat = real(of, options);
        exchange(stat?.ino);
        return stat;
      });
    }
    syncBuiltinESMExports();
    try {
      give(run);
    } finally {
      t.mock.restoreAll();
      syncBuiltinESMExports();
    }
    assert.ok(exchanged);
    assert.deepEqual([uidOf(outside), uidOf(outside, 'secret')], [0, 0]);
    assert.deepEqual([uidOf(run, 'aside'), uidOf(run, 'aside', 'file')], [NOBODY, NOBODY]);
  });

  test('a run folder whose name leads elsewhere by now is given where it is', (t) => {
    const { home, run, outside } = homeOf(t);
    give(run, () => {
      renameSync(run, join(home, 'moved'));
      renameSync(outside, run);
    });
    assert.deepEqual([uidOf(home, 'moved'), uidOf(home, 'moved', 'sub', 'file')], [NOBODY, NOBODY]);
    assert.deepEqual([uidOf(run), uidOf(run, 'secret')], [0, 0]);
  });

  test('a run folder that was moved out of the folders of the user stays with root', (t) => {
    const { run, outside } = homeOf(t);
    give(run, () => renameSync(run, join(outside, 'moved')));
    assert.deepEqual([uidOf(outside, 'moved'), uidOf(outside)], [0, 0]);
  });
});
