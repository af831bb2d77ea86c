// What a workflow file promises can only be tried on GitHub; here it is read, and its scripts are.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { read, root } from './sources.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const text = read('action.yml');
const action = parse(text, { strict: true }) as Action;
const { steps } = action.runs;

test('the action is a composite one whose steps can start', () => {
  assert.equal(action.runs.using, 'composite');
  for (const step of steps) {
    assert.notEqual(step.uses === undefined, step.run === undefined);
    if (step.run !== undefined) assert.ok(step.shell);
    if (step.uses !== undefined) assert.match(step.uses, /^actions\/[a-z/-]+@v\d+$/);
  }
});

test('every input is described, has a default and is used; none is used that is not there', () => {
  const used = new Set([...text.matchAll(/inputs\.([a-z-]+)/g)].map(([, name]) => name!));
  assert.deepEqual([...used].sort(), Object.keys(action.inputs).sort());
  for (const [name, { description, default: value }] of Object.entries(action.inputs))
    assert.ok(description !== '' && typeof value === 'string', name);
});

test('no input is pasted into a script: it reaches it by the environment', () => {
  for (const { run } of steps) assert.doesNotMatch(run ?? '', /\$\{\{/);
});

test('the environment of the step is what its script reads', () => {
  const step = steps.find(({ run }) => run?.includes('scripts/ci-action'))!;
  const script = read('scripts/ci-action');
  for (const name of Object.keys(step.env!)) assert.match(script, new RegExp(`\\$\\{?${name}\\b`), name);
  assert.ok(existsSync(join(root, 'scripts/ci-action')));
});

test('what the step sets is what the gate reads', () => {
  const set = [...read('scripts/ci-action').matchAll(/^ {2}(CFSBENCH_\w+)=/gm)].map(([, name]) => name!);
  const gate = read('scripts/ci-gate');
  assert.ok(set.length > 5);
  for (const name of set) assert.match(gate, new RegExp(`\\$\\{${name}:-`), name);
});

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

for (const name of ['ci-gate', 'ci-action', 'make-schemas'])
  test(`shellcheck finds nothing in scripts/${name}`, {
    skip: hasShellcheck ? false : 'shellcheck is not installed',
  }, () => {
    const { status, stdout } = spawnSync('shellcheck', [join(root, 'scripts', name)], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });
