// The action can only run on GitHub: these tests check its file and its scripts.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { read, root } from './sources.ts';

interface WorkflowStep {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly WorkflowStep[] };
}

const text = read('action.yml');
const action = parse(text, { strict: true }) as Action;
const { steps } = action.runs;

test('the action is composite, and each step is a script with a shell or a pinned action', () => {
  assert.equal(action.runs.using, 'composite');
  for (const step of steps) {
    assert.notEqual(step.uses === undefined, step.run === undefined);
    if (step.run !== undefined) assert.ok(step.shell);
    if (step.uses !== undefined) assert.match(step.uses, /^actions\/[a-z/-]+@v\d+$/);
  }
});

test('every input has a description and a default and is used, and every used input exists', () => {
  const used = new Set([...text.matchAll(/inputs\.([a-z-]+)/g)].map(([, name]) => name!));
  assert.deepEqual([...used].sort(), Object.keys(action.inputs).sort());
  for (const [name, { description, default: value }] of Object.entries(action.inputs))
    assert.ok(description !== '' && typeof value === 'string', name);
});

test('inputs reach scripts through the environment only', () => {
  for (const { run } of steps) assert.doesNotMatch(run ?? '', /\$\{\{/);
});

test('the script reads every variable that the step sets', () => {
  const step = steps.find(({ run }) => run?.includes('scripts/ci-action'))!;
  const script = read('scripts/ci-action');
  for (const name of Object.keys(step.env!)) assert.match(script, new RegExp(`\\$\\{?${name}\\b`), name);
  assert.ok(existsSync(join(root, 'scripts/ci-action')));
});

test('the gate reads every variable that the script of the step sets', () => {
  const set = [...read('scripts/ci-action').matchAll(/^ {2}(CFSBENCH_\w+)=/gm)].map(([, name]) => name!);
  const gate = read('scripts/ci-gate');
  assert.ok(set.length > 5);
  for (const name of set) assert.match(gate, new RegExp(`\\$\\{${name}:-`), name);
});

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

/** Sourced with variables of those that source it. */
const NOT_ALONE = 'c-build.sh';
const scripts = readdirSync(join(root, 'scripts')).filter(
  (name) => !name.endsWith('.mjs') && name !== NOT_ALONE,
);

for (const name of scripts)
  test(`shellcheck finds nothing in scripts/${name}`, {
    skip: hasShellcheck ? false : 'shellcheck is not installed',
  }, () => {
    const { status, stdout } = spawnSync('shellcheck', ['-x', '--severity=warning', join('scripts', name)], {
      encoding: 'utf8',
      cwd: root,
    });
    assert.equal(status, 0, stdout);
  });
