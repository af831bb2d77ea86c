import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { needsOtherUser } from '../harness/sys/support.ts';
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

const needsNpm = spawnSync('npm', ['--version']).status === 0 ? false : 'needs npm';

let folder = '';
const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);

// A checkout with the real set-up script, the real compiler and one source.
before(() => {
  if (needsNpm !== false) return;
  folder = mkdtempSync(join(tmpdir(), 'cfsbench-setup-'));
  for (const name of ['scripts', 'harness/cli', 'scenarios', 'results', 'report', 'test', 'daemon', 'timed'])
    mkdirSync(join(folder, name), { recursive: true });
  for (const name of ['scripts/setup', 'scripts/help.sh', 'scripts/c-build.sh']) put(name, read(name));
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

interface SetupResult {
  readonly status: number | null;
  readonly out: string;
  readonly lines: readonly string[];
}

const setup = (more: NodeJS.ProcessEnv = {}, ...args: string[]): SetupResult => {
  const { status, stdout, stderr } = spawnSync('sh', [join(folder, 'scripts/setup'), ...args], {
    cwd: '/',
    env: { ...env, ...more },
    encoding: 'utf8',
  });
  return { status, out: stdout, lines: stderr.split('\n').filter((line) => line !== '') };
};

const built = (name: string): boolean => existsSync(join(folder, 'build', name));

test('the first set-up installs npm packages, compiles, and prints the command for missing system packages', {
  skip: needsNpm,
}, () => {
  const { status, out, lines } = setup();
  assert.equal(status, 0, lines.join('\n'));
  assert.equal(out, '');
  assert.ok(built('harness/cli/main.js'));
  const text = lines.join('\n');
  assert.match(
    text,
    /missing: a C compiler with libc headers \(compiles the FUSE server and the C library of timed windows\)/,
  );
  assert.match(text, /install: .*gcc/);
  assert.match(text, /installing the packages of package-lock\.json \(first set-up\)/);
  assert.match(text, /composefs-fuse is skipped/);
  assert.match(text, /the calls of a timed window are made one by one/);
});

test('a second set-up repeats nothing', { skip: needsNpm }, () => {
  const { status, lines } = setup();
  assert.equal(status, 0);
  assert.ok(!lines.some((line) => /installing|compiling/.test(line)), lines.join('\n'));
});

test('a set-up with nothing missing prints nothing', { skip: needsNpm }, () => {
  mkdirSync(join(folder, 'build/daemon'), { recursive: true });
  const program = join(folder, 'build/daemon/cfs-fuse');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
  mkdirSync(join(folder, 'build/timed'));
  writeFileSync(join(folder, 'build/timed/libtimed.so'), '');
  for (const stamp of ['daemon', 'timed']) writeFileSync(join(folder, `build/.${stamp}-stamp`), '');
  assert.match(setup({}, 'build').lines.join('\n'), /C library/, 'its workers are missing');
  writeFileSync(join(folder, 'build/timed/workers'), '', { mode: 0o755 });
  // Which system packages this machine lacks is not the subject.
  const { status, lines } = setup({}, 'build');
  assert.deepEqual({ status, lines }, { status: 0, lines: [] });
});

test('compile installs nothing: outdated npm packages end it with the command to run', {
  skip: needsNpm,
}, () => {
  const stamp = join(folder, 'node_modules/.cfsbench-package-lock.json');
  const text = readFileSync(stamp);
  writeFileSync(stamp, '');
  assert.deepEqual(setup({}, 'compile'), {
    status: 1,
    out: '',
    lines: ['cfsbench: setup: node_modules does not match package-lock.json', '  try: npm run setup'],
  });
  writeFileSync(stamp, text);
  assert.equal(setup({}, 'compile').status, 0);
});

test('a changed source is compiled, and the output of a removed one is removed', { skip: needsNpm }, () => {
  rmSync(join(folder, 'test/old.test.ts'));
  put('test/new.test.ts', 'export {};\n');
  assert.deepEqual(setup({}, 'build').lines, ['cfsbench: setup: compiling TypeScript']);
  assert.ok(built('test/new.test.js'));
  assert.ok(!built('test/old.test.js'));
});

test('a type error ends the set-up with the message of the compiler', { skip: needsNpm }, () => {
  put('harness/cli/main.ts', 'export const answer: number = "42";\n');
  const { status, lines } = setup();
  assert.equal(status, 1);
  assert.match(lines.join('\n'), /main\.ts\(1,14\): error TS2322/);
  put('harness/cli/main.ts', 'export const answer: number = 43;\n');
  assert.equal(setup().status, 0);
});

test('a second set-up at the same time waits for the first', { skip: needsNpm }, async () => {
  put(
    'package-lock.json',
    `${execFileSync('cat', [join(folder, 'package-lock.json')], { encoding: 'utf8' })}\n`,
  );
  const both = await Promise.all(
    [1, 2].map(() => promisify(execFile)('sh', [join(folder, 'scripts/setup')], { env, encoding: 'utf8' })),
  );
  const output = both.map(({ stderr }) => stderr).join('');
  assert.equal(output.match(/installing the packages/g)?.length, 1, output);
  assert.ok(built('harness/cli/main.js'));
});

// On Debian mount is a package apart from util-linux.
/** A folder with links to all commands of the path except some. */
const binWithout = (name: string, hidden: readonly string[]): string => {
  const bin = join(folder, name);
  mkdirSync(bin);
  for (const from of (process.env['PATH'] ?? '').split(':').filter((path) => existsSync(path)))
    for (const command of readdirSync(from))
      if (!hidden.includes(command) && !existsSync(join(bin, command)))
        try {
          symlinkSync(join(from, command), join(bin, command));
        } catch {
          // An earlier folder of the path has a dangling link of this name.
        }
  return bin;
};

test('each missing system tool is named with its package', { skip: needsNpm }, () => {
  const bin = binWithout('few-tools', ['mount', 'setpriv', 'tar', 'mkfs.xfs']);
  const { status, lines } = setup({ PATH: bin });
  const text = lines.join('\n');
  assert.equal(status, 0, text);
  for (const what of ['unshare and setpriv', 'mount', 'tar', 'mkfs.xfs'])
    assert.match(text, new RegExp(`missing: ${what} \\(`));
  assert.match(text, /install: .*\butil-linux\b.*\btar\b.*\bxfsprogs$/m);
});

const isDebian =
  existsSync('/etc/os-release') &&
  /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'));
const needsRootOnDebian =
  needsNpm || (process.getuid?.() === 0 && isDebian ? false : 'needs root on Debian or Ubuntu');

test('as root on Debian missing packages are installed, each announced with its reason', {
  skip: needsRootOnDebian,
}, () => {
  const bin = binWithout('with-apt', ['mkfs.erofs', 'mkfs.xfs', 'apt-get']);
  // Instead of packages it installs empty commands.
  const apt = `#!/bin/sh\necho "$*" >> ${folder}/apt-log\nfor name in mkfs.erofs mkfs.xfs; do ln -sf /bin/true ${bin}/$name; done\n`;
  writeFileSync(join(bin, 'apt-get'), apt, { mode: 0o755 });
  const { status, lines } = setup({ PATH: bin, CFSBENCH_NO_INSTALL: '' });
  assert.equal(status, 0, lines.join('\n'));
  assert.deepEqual(
    lines.filter((line) => /mkfs/.test(line)).map((line) => line.replace(/: (makes) .*/, ': $1')),
    [
      'cfsbench: setup: installing erofs-utils (mkfs.erofs: makes',
      'cfsbench: setup: installing xfsprogs (mkfs.xfs: makes',
    ],
  );
  assert.match(
    readFileSync(join(folder, 'apt-log'), 'utf8'),
    /^.* install -y --no-install-recommends .*erofs-utils xfsprogs\n$/,
  );
  assert.deepEqual(
    setup({ PATH: bin, CFSBENCH_NO_INSTALL: '' }).lines.filter((line) => /mkfs/.test(line)),
    [],
  );
});

test('an old Node.js is refused with the address of a new one', { skip: needsNpm }, () => {
  mkdirSync(join(folder, 'old'));
  writeFileSync(join(folder, 'old/node'), '#!/bin/sh\necho v18.19.0\n', { mode: 0o755 });
  const { status, lines } = setup({ PATH: `${join(folder, 'old')}:${process.env['PATH']}` });
  assert.equal(status, 1);
  assert.match(lines.join('\n'), /v18\.19\.0 is too old.*20\.19[\s\S]*nodejs\.org/);
});

const needsRoot = needsNpm || (process.getuid?.() === 0 ? false : 'needs root');
const NOBODY = 65_534;

test('after a set-up of root that failed, everything belongs to the owner of the checkout', {
  skip: needsRoot,
}, () => {
  const npm = join(folder, 'failing-npm');
  mkdirSync(npm);
  writeFileSync(join(npm, 'npm'), '#!/bin/sh\nmkdir -p build/half\nexit 1\n', { mode: 0o755 });
  writeFileSync(join(folder, 'node_modules/.cfsbench-package-lock.json'), '');
  const own = (uid: number) => execFileSync('chown', ['-hR', `${uid}:${uid}`, folder]);
  const others = (): string =>
    execFileSync('find', [folder, '!', '-uid', String(NOBODY)], { encoding: 'utf8' });
  own(NOBODY);
  const PATH = `${npm}:${process.env['PATH']}`;
  assert.match(setup({ PATH }, 'build').lines.join('\n'), /npm ci failed/);
  assert.ok(built('half'));
  assert.equal(others(), '');
  rmSync(join(folder, 'node_modules'), { recursive: true });
  assert.match(setup({ PATH }, 'build').lines.join('\n'), /npm ci failed/);
  assert.equal(others(), '');
  own(0);
});

test('a folder that is not writable is named, with its owner', {
  skip: needsNpm || needsOtherUser,
}, () => {
  execFileSync('chmod', ['755', folder]);
  execFileSync('chown', [`${NOBODY}:${NOBODY}`, folder]);
  const { stderr, status } = spawnSync('sh', ['scripts/setup', 'build'], {
    cwd: folder,
    env,
    encoding: 'utf8',
    uid: NOBODY,
    gid: NOBODY,
  });
  assert.equal(status, 1);
  assert.match(stderr, /cannot build: \/.*\/build is not writable\n {2}user: \w+, owner: root\n/);
  execFileSync('chown', ['0:0', folder]);
});

const needsGcc = needsNpm || (spawnSync('gcc', ['--version']).status === 0 ? false : 'needs gcc');

test('a compiler of several words, or one that is not named cc, is no missing compiler', {
  skip: needsGcc,
}, () => {
  rmSync(join(folder, 'build/.daemon-stamp'));
  const without = (more: NodeJS.ProcessEnv): boolean =>
    /no C compiler/.test(setup(more, 'build').lines.join('\n'));
  assert.equal(without({}), true);
  assert.equal(without({ CC: 'env gcc' }), false);
  assert.equal(without({ CC: '', PATH: binWithout('no-cc', ['cc', 'clang']) }), false);
  assert.equal(without({ CC: '', PATH: binWithout('no-compiler', ['cc', 'gcc', 'clang']) }), true);
});
