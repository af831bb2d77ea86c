// What `cfsbench vm` refuses before it prepares anything, each with what to type.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { requireVm } from '../../../harness/cli/vm-needs.ts';
import { findProgram } from '../../../harness/sys/spawn.ts';
import { VM_CACHE } from '../../../harness/vm/cache.ts';
import { diskFolder, ownState, program } from '../../end-to-end/support.ts';
import { needsRoot, privateMounts } from '../sys/support.ts';
import { needsGuests } from '../vm/needs.ts';

before(ownState);

const REFUSED: readonly (readonly [readonly string[], RegExp, number])[] = [
  [['--', 'run'], /--kernel is missing/, 1],
  [['--modules', '.'], /--modules DIR must follow its --kernel PATH/, 1],
  [['--kernel', 'deb:6.12', '--', 'compare'], /can only execute cfsbench run, not 'compare'/, 1],
  [['--kernel', 'deb:6.12', '--', 'run', '--out=x'], /--out cannot be an option of a run in a guest/, 1],
  [['--kernel', 'deb:6.12', '--', 'run', '--images', 'dir:/etc'], /cannot read images of this machine/, 1],
  [
    ['--kernel', 'deb:6.12', '--', 'run', '--profile', 'evidence'],
    /evidence is several runs, and a guest makes one/,
    1,
  ],
  [
    ['--kernel', 'deb:6.12', '--', 'run', '--budget', '2h'],
    /a budget of 120 min 0 s is too long for the guest[\s\S]*--limit 150m/,
    1,
  ],
  [['--kernel', 'deb:6.12', '--limit', '1h', '--', 'run', '--budget', '49m'], /killed after 60 min 0 s/, 1],
  [
    ['--kernel', 'deb:6.12', '--', 'run', '--dry-run', '--profile', 'quick'],
    /try: cfsbench run --dry-run --profile quick/,
    1,
  ],
  [['--kernel', 'deb:6.12', '--', 'run', '--bogus'], /unknown option '--bogus'/, 1],
  [['--kernel', 'deb:6.12', '--', 'run', '--scenarios', 'none'], /none/, 1],
  [
    ['--kernel', 'deb:6.12', '--', 'run', '--images', 'remote:http://h/a,key=k'],
    /cannot read images[\s\S]*no network/,
    1,
  ],
  [
    ['--kernel', 'deb:6.12', '--', 'run', '--images', 'fixture:debian-12-base, dir:/srv'],
    /cannot read images of this machine/,
    1,
  ],
  [
    [
      '--kernel',
      'deb:6.12',
      '--',
      'run',
      '--ab',
      'composefs-fuse',
      `composefs-fuse@server=${process.execPath}`,
    ],
    /cannot run a server of this machine/,
    1,
  ],
  [
    ['--kernel', 'deb:6.12', '--', 'run', `--backends=composefs-fuse@cache=yes;server=${process.execPath}`],
    /cannot run a server of this machine/,
    1,
  ],
  [['--kernel', 'deb:6.12', '--memory', '1'], /--memory must be a whole number from 512/, 1],
];

for (const [args, expected, exit] of REFUSED)
  test(`refused: vm ${args.join(' ')}`, async (t) => {
    const cache = diskFolder(t);
    const { code, stderr } = await program(t, ['vm', '--cache', cache, ...args]);
    assert.match(stderr, expected);
    assert.equal(code, exit);
    assert.ok(!existsSync(join(cache, VM_CACHE)));
  });

test('a missing program is named with the command that installs it', {
  skip: needsRoot || needsGuests,
}, async (t) => {
  privateMounts();
  // Not executable: as if it were not installed.
  for (const name of ['qemu-system-x86_64', 'mmdebstrap']) {
    const path = findProgram(name);
    if (path !== null) execFileSync('mount', ['--bind', '/dev/null', path]);
  }
  const cache = diskFolder(t);
  const { code, stderr } = await program(t, ['vm', '--cache', cache, '--kernel', 'deb:6.12', '--', 'run']);
  assert.equal(code, 4);
  assert.match(stderr, /QEMU for other kernels: not installed/);
  assert.match(stderr, /apt install qemu-system-x86, dnf install/);
  assert.match(stderr, /mmdebstrap for guests: not installed/);
  assert.match(stderr, /apt install mmdebstrap/);
  assert.ok(!existsSync(join(cache, VM_CACHE)));
});

test('a Node.js whose parts are libraries of this machine is refused with a command that has another one', {
  skip: process.arch === 'x64' ? false : 'needs x86-64',
}, () => {
  const variables = {
    node_shared: true,
    node_shared_libuv: true,
    node_shared_zlib: false,
    node_shared_x: 'x',
  };
  assert.throws(() => requireVm(variables), {
    exit: 4,
    facts: [`${process.execPath}: node_shared, node_shared_libuv`],
    hint: /node@20 -- cfsbench vm/,
  });
});
