import assert from 'node:assert/strict';
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { foreignPrograms, refuseForeign, refuseUntrusted } from '../../../harness/cli/trust.ts';
import { openFolder } from '../../../harness/sys/folder-lock.ts';
import { needsRoot, temporaryFolder } from '../sys/support.ts';

const question = { command: 'cfsbench run --resume x', folder: 'x' };
const here = process.cwd();

test('programs outside the checkout are found in every list of arms', () => {
  const options = {
    backends: 'erofs-overlay,composefs-fuse@server=../a;spin=1,composefs-fuse-shared@spin=1;server=/b',
    ab: ['composefs-fuse@spin=1,server=c', `composefs-fuse@server=${process.execPath}`],
    server: '/not-an-arm',
  };
  assert.deepEqual(foreignPrograms({ cwd: '/x/y', options }), ['/x/a', '/b', '/x/y/c', process.execPath]);
  const own = fileURLToPath(new URL('../../../harness/cli/main.js', import.meta.url));
  assert.deepEqual(foreignPrograms({ cwd: here, options: { backends: `composefs-fuse@server=${own}` } }), []);
});

test('a server or folder that a run recorded needs --trust-run, unless the same option is typed', () => {
  const refused = (cwd: string, options: Record<string, unknown>, given = {}): readonly string[] => {
    try {
      refuseUntrusted(question, { cwd, options }, given);
      return [];
    } catch (error) {
      const { facts, hint } = error as { facts: readonly string[]; hint: string };
      assert.match(hint, /cfsbench run --resume x --trust-run$/);
      return facts;
    }
  };
  assert.deepEqual(refused(here, { profile: 'quick' }), []);
  assert.deepEqual(refused(here, { work: 'w\u001b[1m' }), [
    `it would make its work folder in: ${join(here, 'w\\u{1b}[1m')}`,
  ]);
  assert.deepEqual(refused(here, { work: '/w' }, { work: '/v' }), []);
  assert.deepEqual(refused('/none', {}), ['it would work in the directory: /none']);
  assert.deepEqual(
    refused('/none', { work: '/w', ab: ['composefs-fuse@server=/s'] }, { trustRun: true }),
    [],
  );
});

test('a folder or file of another user, or that everybody may write, is refused', {
  skip: needsRoot,
}, (t) => {
  const path = temporaryFolder(t);
  const folder = openFolder(path);
  t.after(() => folder.close());
  const file = join(path, 'run.json');
  writeFileSync(file, '');
  const check = (): void => refuseForeign({ ...question, folder: path }, folder, ['run.json', 'missing']);
  check();
  for (const one of [path, file]) {
    chownSync(one, 65534, 65534);
    assert.throws(check, /another user may have written it/);
    chownSync(one, 0, 0);
    chmodSync(one, 0o777);
    assert.throws(check, /any user may have written it/);
    chmodSync(one, 0o755);
  }
  check();
});
