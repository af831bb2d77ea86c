// Which runs of the baseline branch the action stores. The program is a stand-in that ends with the code of a test.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { temporaryFolder } from '../harness/sys/support.ts';
import { read, root } from './sources.ts';

const PROGRAM = `
const { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const [command, ...rest] = process.argv.slice(2);
const after = (option) => rest[rest.indexOf(option) + 1];
if (command === 'run') {
  mkdirSync(after('--out'), { recursive: true });
  writeFileSync(after('--out') + '/run.json', 'head');
  writeFileSync(after('--out') + '/private.json', '{}');
}
if (command === 'compare') process.exitCode = Number(readFileSync(__dirname + '/code', 'utf8'));
if (command === 'history') {
  if (existsSync(after('--store') + '/refuses')) process.exit(1);
  appendFileSync(after('--store') + '/added', 'line');
}
`;

interface PushResult {
  readonly exit: number | null;
  /** The stored run; null: none. */
  readonly stored: string | null;
  /** Names of its files: nothing private is stored. */
  readonly files: readonly string[];
  readonly history: string | null;
  /** Of the step. */
  readonly output: string;
  readonly log: string;
}

interface Push {
  /** Exit code of `cfsbench compare`. */
  readonly code: number;
  readonly isBaseline?: boolean;
  readonly hasStored?: boolean;
  /** The history has another run of the same name. */
  readonly isKnown?: boolean;
}

/** A folder with the scripts and the stand-in in `action`. */
const actionFolder = (t: TestContext, code: number): string => {
  const home = temporaryFolder(t);
  const main = join(home, 'action/build/harness/cli');
  for (const folder of [main, join(home, 'action/scripts'), join(home, 'bin'), join(home, 'store/run')])
    mkdirSync(folder, { recursive: true });
  for (const name of ['ci-action', 'ci-gate', 'help.sh'])
    copyFileSync(join(root, 'scripts', name), join(home, 'action/scripts', name));
  writeFileSync(join(home, 'action/scripts/setup'), '');
  writeFileSync(join(main, 'main.js'), PROGRAM);
  writeFileSync(join(main, 'code'), String(code));
  return home;
};

const push = (
  t: TestContext,
  { code, isBaseline = true, hasStored = true, isKnown = false }: Push,
): PushResult => {
  const home = actionFolder(t, code);
  // Nothing of a test runs as root on its own account.
  writeFileSync(join(home, 'bin/sudo'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const run = join(home, 'store/run/run.json');
  if (hasStored) writeFileSync(run, 'base');
  mkdirSync(join(home, 'store/history'));
  if (isKnown) writeFileSync(join(home, 'store/history/refuses'), '');
  const output = join(home, 'output');
  writeFileSync(output, '');
  const { status, stdout, stderr } = spawnSync('sh', [join(home, 'action/scripts/ci-action')], {
    encoding: 'utf8',
    cwd: home,
    env: {
      PATH: `${join(home, 'bin')}:${process.env['PATH']}`,
      STORE: 'store',
      IS_BASELINE: String(isBaseline),
      GITHUB_OUTPUT: output,
    },
  });
  const added = join(home, 'store/history/added');
  return {
    exit: status,
    stored: existsSync(run) ? readFileSync(run, 'utf8') : null,
    files: readdirSync(join(home, 'store/run')),
    history: existsSync(added) ? readFileSync(added, 'utf8') : null,
    output: readFileSync(output, 'utf8'),
    log: stdout + stderr,
  };
};

for (const code of [0, 2, 3])
  test(`a push to the baseline branch is stored if the gate ends with ${code}, which is its exit code`, (t) => {
    const { log, ...result } = push(t, { code });
    assert.deepEqual(
      result,
      { exit: code, stored: 'head', files: ['run.json'], history: 'line', output: 'stored=true\n' },
      log,
    );
  });

for (const code of [1, 5, 6, 124, 130])
  test(`a run without a judgement (${code}) replaces no stored run`, (t) => {
    const { log, ...result } = push(t, { code });
    assert.deepEqual(
      result,
      { exit: code, stored: 'base', files: ['run.json'], history: null, output: '' },
      log,
    );
    assert.match(log, /notice: the run is not stored/);
  });

test('the first run is stored, and that of a pull request is not', (t) => {
  const first = push(t, { code: 0, hasStored: false });
  assert.equal(first.stored, 'head', first.log);
  const change = push(t, { code: 0, isBaseline: false });
  assert.deepEqual([change.exit, change.stored, change.output], [0, 'base', ''], change.log);
});

test('a run whose name the history has already is stored nevertheless', (t) => {
  const { log, ...result } = push(t, { code: 0, isKnown: true });
  assert.deepEqual(
    result,
    { exit: 0, stored: 'head', files: ['run.json'], history: null, output: 'stored=true\n' },
    log,
  );
  assert.match(log, /warning: the run is stored, but not added to the history/);
});

test('the cache is saved whenever a run was stored, also if the gate failed', () => {
  const { steps } = (
    parse(read('action.yml')) as {
      runs: { steps: Record<'id' | 'uses' | 'run' | 'if', string | undefined>[] };
    }
  ).runs;
  const gate = steps.find(({ run }) => run?.includes('scripts/ci-action'))!;
  const save = steps.find(({ uses }) => uses?.startsWith('actions/cache/save'))!;
  assert.equal(save.if, `\${{ always() && steps.${gate.id}.outputs.stored == 'true' }}`);
});

test('a build that makes nothing does not pass with the server of an earlier one', (t) => {
  const home = temporaryFolder(t);
  mkdirSync(join(home, 'out'));
  writeFileSync(join(home, 'out/cfs-fuse'), '', { mode: 0o755 });
  const [build] = /^build_in\(\) \{\n[\s\S]*?\n\}\n/m.exec(read('scripts/ci-gate'))!;
  const script = (command: string): string =>
    `server=cfs-fuse build='${command}'\nannotate() { echo "$*"; }\n${build}build_in . "$PWD/out" 'the head'\n`;
  const run = (command: string) => spawnSync('sh', ['-c', script(command)], { cwd: home, encoding: 'utf8' });
  const stale = run('true');
  assert.deepEqual([stale.status, stale.stdout], [1, 'error the server of the head does not build: true\n']);
  assert.equal(run('cp /bin/true "$out/cfs-fuse"').status, 0);
});

test('what a killed job left of its worktree does not fail the next one', (t) => {
  const home = actionFolder(t, 0);
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
      cwd: home,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  git('init', '-q');
  git('commit', '-q', '--allow-empty', '-m', 'base');
  const base = join(home, 'cfsbench-ci/base');
  const gate = () =>
    spawnSync('sh', [join(home, 'action/scripts/ci-gate'), 'HEAD', 'store'], {
      encoding: 'utf8',
      cwd: home,
      env: { PATH: process.env['PATH'], CFSBENCH_BUILD: 'cp /bin/true "$out/cfs-fuse"' },
    });
  const remains: readonly (() => void)[] = [
    () => {},
    () => git('worktree', 'add', '--detach', base, 'HEAD'),
    () => {
      git('worktree', 'add', '--detach', base, 'HEAD');
      rmSync(base, { recursive: true });
    },
    () => {
      mkdirSync(base);
      writeFileSync(join(base, 'half'), '');
    },
  ];
  for (const leave of remains) {
    leave();
    const { status, stdout, stderr } = gate();
    assert.equal(status, 0, stdout + stderr);
    assert.equal(existsSync(base), false);
    assert.equal(git('worktree', 'list').trim().split('\n').length, 1);
  }
});
