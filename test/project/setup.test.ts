import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { read, root } from './sources.ts';

const env = { ...process.env, CFSBENCH_NO_INSTALL: '1', CC: 'cfsbench-no-such-compiler' };
const PACKAGES = {
  name: 'small',
  version: '1.0.0',
  dependencies: { typescript: `file:${root}/node_modules/typescript` },
};
const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    types: [],
    rootDir: '.',
    outDir: 'build',
    incremental: true,
    tsBuildInfoFile: 'build/.tsbuildinfo',
  },
  include: ['harness', 'test'],
};

const notHere = spawnSync('npm', ['--version']).status === 0 ? false : 'needs npm';

let folder = '';
const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);

// A checkout with the real set-up, the real compiler and nothing else.
before(() => {
  if (notHere !== false) return;
  folder = mkdtempSync(join(tmpdir(), 'cfsbench-setup-'));
  for (const name of ['scripts', 'harness/cli', 'scenarios', 'results', 'report', 'test', 'daemon', 'timed'])
    mkdirSync(join(folder, name), { recursive: true });
  put('scripts/setup', read('scripts/setup'));
  put('harness/cli/main.ts', 'export const answer: number = 42;\n');
  put('test/old.test.ts', 'export {};\n');
  put('tsconfig.json', JSON.stringify(TSCONFIG));
  put('package.json', JSON.stringify(PACKAGES));
  execFileSync('npm', ['install', '--package-lock-only', '--ignore-scripts', '--offline'], {
    cwd: folder,
    stdio: 'ignore',
  });
});
after(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

interface Said {
  readonly status: number | null;
  readonly out: string;
  readonly lines: readonly string[];
}

const setup = (more: NodeJS.ProcessEnv = {}): Said => {
  const { status, stdout, stderr } = spawnSync('sh', [join(folder, 'scripts/setup')], {
    cwd: '/',
    env: { ...env, ...more },
    encoding: 'utf8',
  });
  return { status, out: stdout, lines: stderr.split('\n').filter((line) => line !== '') };
};

const built = (name: string): boolean => existsSync(join(folder, 'build', name));

test('a first start installs and compiles, and says what is missing instead of installing it', {
  skip: notHere,
}, () => {
  const { status, out, lines } = setup();
  assert.equal(status, 0, lines.join('\n'));
  assert.equal(out, '');
  assert.ok(built('harness/cli/main.js'));
  const text = lines.join('\n');
  assert.match(
    text,
    /missing: a C compiler with libc headers \(to compile the FUSE server and the calls of timed windows\)/,
  );
  assert.match(text, /install: .*gcc/);
  assert.match(text, /installing the packages of package-lock\.json \(first start\)/);
  assert.match(text, /composefs-fuse will be skipped/);
  assert.match(text, /the calls of a window are made one by one/);
});

test('a second start does nothing again', { skip: notHere }, () => {
  const { status, lines } = setup();
  assert.equal(status, 0);
  assert.ok(!lines.some((line) => /installing|compiling/.test(line)), lines.join('\n'));
});

test('with nothing missing it is silent', { skip: notHere }, () => {
  mkdirSync(join(folder, 'build/daemon'), { recursive: true });
  symlinkSync('/bin/true', join(folder, 'build/daemon/cfs-fuse'));
  mkdirSync(join(folder, 'build/timed'));
  symlinkSync('/bin/true', join(folder, 'build/timed/libtimed.so'));
  for (const stamp of ['daemon', 'timed']) writeFileSync(join(folder, `build/.${stamp}-stamp`), '');
  const { status, lines } = setup();
  assert.deepEqual({ status, lines }, { status: 0, lines: [] });
});

test('a changed source is compiled, one that is gone leaves nothing', { skip: notHere }, () => {
  rmSync(join(folder, 'test/old.test.ts'));
  put('test/new.test.ts', 'export {};\n');
  assert.deepEqual(setup().lines, ['cfsbench: setup: compiling TypeScript']);
  assert.ok(built('test/new.test.js'));
  assert.ok(!built('test/old.test.js'));
});

test('a type error stops it with what the compiler said', { skip: notHere }, () => {
  put('harness/cli/main.ts', 'export const answer: number = "42";\n');
  const { status, lines } = setup();
  assert.equal(status, 1);
  assert.match(lines.join('\n'), /main\.ts\(1,14\): error TS2322/);
  put('harness/cli/main.ts', 'export const answer: number = 43;\n');
  assert.equal(setup().status, 0);
});

test('of two set-ups at once the second waits', { skip: notHere }, async () => {
  put(
    'package-lock.json',
    `${execFileSync('cat', [join(folder, 'package-lock.json')], { encoding: 'utf8' })}\n`,
  );
  const both = await Promise.all(
    [1, 2].map(() => promisify(execFile)('sh', [join(folder, 'scripts/setup')], { env, encoding: 'utf8' })),
  );
  const said = both.map(({ stderr }) => stderr).join('');
  assert.equal(said.match(/installing the packages/g)?.length, 1, said);
  assert.ok(built('harness/cli/main.js'));
});

// Debian's smallest systems have util-linux without mount, which is a package of its own there.
test('each system tool that is not there is named with the package it comes in', { skip: notHere }, () => {
  const bin = join(folder, 'few-tools');
  mkdirSync(bin);
  const gone = ['mount', 'setpriv', 'tar'];
  for (const from of (process.env['PATH'] ?? '').split(':').filter((path) => existsSync(path)))
    for (const name of readdirSync(from))
      if (!gone.includes(name) && !existsSync(join(bin, name)))
        try {
          symlinkSync(join(from, name), join(bin, name));
        } catch {
          // a link that leads nowhere is there already
        }
  const { status, lines } = setup({ PATH: bin });
  const text = lines.join('\n');
  assert.equal(status, 0, text);
  for (const what of ['unshare and setpriv', 'mount', 'tar'])
    assert.match(text, new RegExp(`missing: ${what} \\(`));
  assert.match(text, /install: .*\butil-linux\b.*\btar$/m);
});

test('an old Node is refused with where to get a new one', { skip: notHere }, () => {
  mkdirSync(join(folder, 'old'));
  writeFileSync(join(folder, 'old/node'), '#!/bin/sh\necho v18.19.0\n', { mode: 0o755 });
  const { status, lines } = setup({ PATH: `${join(folder, 'old')}:${process.env['PATH']}` });
  assert.equal(status, 1);
  assert.match(lines.join('\n'), /v18\.19\.0 is too old.*20\.19[\s\S]*nodejs\.org/);
});
