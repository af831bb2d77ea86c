// To whom the files belong that the gate makes as root. The gate, sudo and the ids of the user are stand-ins.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { needsRoot, temporaryFolder } from '../harness/sys/support.ts';
import { root } from './sources.ts';

const USER = 4321;
const CODE = 3;
const MADE = [
  'checkout/cfsbench-ci/head',
  'checkout/.git/worktrees/base',
  'checkout/server/built.o',
  'store/run',
];
const BUILT = 'action/node_modules/package';

/** Returns the folder that holds all, and the exit code. */
const runAction = (
  t: TestContext,
  programs: Readonly<Record<string, string>> = {},
): { readonly home: string; readonly code: number | null } => {
  const home = temporaryFolder(t);
  for (const folder of ['bin', 'checkout', 'action/scripts'])
    mkdirSync(join(home, folder), { recursive: true });
  const all = {
    id: `echo ${USER}`,
    sudo: 'shift\n[ "$1" != true ] || exit 0\nexec "$@"',
    ...programs,
  };
  for (const [name, text] of Object.entries(all)) {
    writeFileSync(join(home, 'bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(home, 'bin', name), 0o755);
  }
  copyFileSync(join(root, 'scripts/ci-action'), join(home, 'action/scripts/ci-action'));
  const paths = [...MADE, BUILT].map((path) => `"${home}/${path}"`).join(' ');
  writeFileSync(
    join(home, 'action/scripts/ci-gate'),
    `for path in ${paths}; do mkdir -p "\${path%/*}"; echo x >"$path"; done\nexit ${CODE}\n`,
  );
  const { status } = spawnSync('sh', [join(home, 'action/scripts/ci-action')], {
    encoding: 'utf8',
    cwd: join(home, 'checkout'),
    env: { PATH: `${join(home, 'bin')}:${process.env['PATH']}`, STORE: '../store' },
  });
  return { home, code: status };
};

test('what the gate made as root in the checkout, the store and the action belongs to the user', {
  skip: needsRoot,
}, (t) => {
  const { home, code } = runAction(t);
  assert.equal(code, CODE);
  for (const path of [...MADE, BUILT, 'checkout/cfsbench-ci', 'checkout/.git/worktrees', 'store']) {
    const { uid, gid } = statSync(join(home, path));
    assert.deepEqual([uid, gid], [USER, USER], path);
  }
});

test('the exit code is that of the gate, also if files cannot be given to the user', {
  skip: needsRoot,
}, (t) => {
  assert.equal(runAction(t, { chown: 'exit 1' }).code, CODE);
});
