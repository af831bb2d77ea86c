// The gate finds planted differences: one more system call per file, another tar, a missing backend.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, leftOf, okSamples, PROGRAM, program, readRun, start } from './support.ts';

const SOURCE = fileURLToPath(new URL('../../../test/fixtures/one-more-call.c', import.meta.url));
const IMAGE = 'synthetic:files=60,layers=2,seed=3';

const canCompile = spawnSync('cc', ['--version']).status === 0;
const skip = needsRoot || (canCompile ? false : 'there is no C compiler');

const library = (folder: string, calls: number): string => {
  const path = join(folder, `calls-${calls}.so`);
  const { status, stderr } = spawnSync(
    'cc',
    ['-shared', '-fPIC', `-DEXTRA_CALLS=${calls}`, '-o', path, SOURCE],
    {
      encoding: 'utf8',
    },
  );
  assert.equal(status, 0, stderr);
  return path;
};

/** A folder for PATH with a script named tar: commands get an environment without LD_PRELOAD, so the script sets it. */
const wrappedTar = (folder: string, script: (real: string) => string): Record<string, string> => {
  const bin = mkdtempSync(join(folder, 'bin-'));
  const real = spawnSync('sh', ['-c', 'command -v tar'], { encoding: 'utf8' }).stdout.trim();
  writeFileSync(join(bin, 'tar'), `#!/bin/sh\n${script(real)}\n`);
  chmodSync(join(bin, 'tar'), 0o755);
  return { PATH: `${bin}:${process.env['PATH']}` };
};

const preloaded = (folder: string, calls: number): Record<string, string> => {
  const path = library(folder, calls);
  return wrappedTar(folder, (real) => `LD_PRELOAD=${path} exec ${real} "$@"`);
};

const count = async (
  t: TestContext,
  out: string,
  given: { env?: Record<string, string>; options?: string[]; passes?: number } = {},
): Promise<string> => {
  const argv = [
    'run',
    '--count-only',
    '--scenarios',
    'churn',
    '--images',
    IMAGE,
    '--budget',
    '9m',
    '--out',
    out,
  ];
  const passes = ['--count-passes', String(given.passes ?? 3)];
  const options = given.options ?? ['--backends', 'erofs-overlay,unpacked-overlay'];
  const { code, stderr } = await start(
    t,
    [process.execPath, PROGRAM, ...argv, ...passes, ...options],
    given.env,
  ).done;
  assert.equal(code, 0, stderr);
  return out;
};

const compare = (t: TestContext, ...args: string[]) =>
  program(t, ['compare', ...args, '--gate', '--explain']);

test('one more system call per file in tar fails the gate with one counting pass, and is named', {
  skip,
}, async (t) => {
  const home = diskFolder(t);
  const base = await count(t, join(home, 'base'), { env: preloaded(home, 0) });
  const same = await count(t, join(home, 'same'), { env: preloaded(home, 0), passes: 1 });
  const head = await count(t, join(home, 'head'), { env: preloaded(home, 1), passes: 1 });
  const unchanged = await compare(t, base, same);
  assert.equal(unchanged.code, 0, unchanged.stdout);
  const { code, stdout } = await compare(t, base, head);
  assert.equal(code, 2, stdout);
  assert.match(stdout.replace(/\s+/g, ' '), /in the phase create, tar calls getppid \d+ -> \d+ \(\+\d+\)/);
  const files = okSamples(head)
    .filter(({ arm, params }) => arm === 'unpacked-overlay' && params['local'] === 'files')
    .map(({ ledger }) => ledger?.create?.['tar']?.['getppid']);
  const { fileCount } = readRun(head).images[0]!;
  t.diagnostic(`getppid in create: ${files.join()}, files in the image: ${fileCount}`);
  assert.ok(files[0]! >= fileCount * 0.9, `${files[0]} of ${fileCount}`);
  assert.match(stdout, /Worse: [1-9]\n/);
  assert.deepEqual(leftOf(home), []);
});

test('the gate between two runs', { skip: needsRoot }, async (suite) => {
  const home = diskFolder(suite);
  const base = await count(suite, join(home, 'base'));

  await suite.test('another version of tar makes rows incomparable, not worse', async (t) => {
    const env = wrappedTar(
      home,
      (real) => `[ "$1" = --version ] && { echo 'tar (GNU tar) 9.99'; exit; }\nexec ${real} "$@"`,
    );
    const head = await count(t, join(home, 'other-tar'), { env, passes: 1 });
    assert.equal(readRun(head).environment.tools['tar'], 'tar (GNU tar) 9.99');
    const { code, stdout } = await compare(t, base, head);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^Incomparable counts \(.*\): \d+$/m);
    assert.match(
      stdout.replace(/\s+/g, ' '),
      /tar: tar \(GNU tar\) .* in the base, tar \(GNU tar\) 9\.99 in the head/,
    );
  });

  await suite.test('a missing backend fails the gate unless --allow-missing names it', async (t) => {
    const options = ['--backends', 'erofs-overlay'];
    const head = await count(t, join(home, 'one-backend'), { options, passes: 1 });
    const { code, stdout } = await compare(t, base, head);
    assert.equal(code, 2, stdout);
    assert.match(stdout, /unpacked-overlay/);
    const allowed = await compare(t, base, head, '--allow-missing', 'unpacked-overlay');
    assert.equal(allowed.code, 0, allowed.stdout);
  });

  await suite.test(
    'a missing base is an error, with --no-base-ok a notice; a missing head is an error',
    async (t) => {
      const typo = await compare(t, join(home, 'none'), base);
      assert.equal(typo.code, 1);
      assert.match(typo.stderr, /the base does not exist: .*none\n.*nothing was compared\n.*--no-base-ok/);
      const first = await compare(t, join(home, 'none'), base, '--no-base-ok');
      assert.equal(first.code, 0, first.stderr);
      assert.match(first.stdout, /notice: no base yet/);
      assert.match(first.stdout, /Gate: no base yet, nothing is compared\.\n$/);
      const { code, stderr } = await compare(t, base, join(home, 'none'));
      assert.equal(code, 1);
      assert.match(stderr, /cannot read .*run\.json: no such file or folder/);
    },
  );
});
