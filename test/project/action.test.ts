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
  readonly with?: Readonly<Record<string, string>>;
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

test('jobs that measure other things have stored runs of their own', () => {
  const keys = steps.flatMap(({ with: given }) => [given?.['key'], given?.['restore-keys']]);
  const known = keys.filter((key) => key !== undefined);
  assert.equal(known.length, 3);
  const own = ['inputs.name', 'inputs.profile', 'inputs.server', 'runner.os', 'runner.arch'];
  for (const key of known) for (const part of own) assert.ok(key.includes(`\${{ ${part} }}`), key);
  const prefix = steps.find(({ with: given }) => given?.['restore-keys'] !== undefined)!.with!;
  assert.ok(prefix['key']!.startsWith(prefix['restore-keys']!));
  assert.equal(action.inputs['name']!.default, `\${{ github.job }}`);
});

test('the documented workflow runs one push at a time, and uses known inputs only', () => {
  const [, yaml] = /```yaml\n([\s\S]*?)```/.exec(read('docs/ci.md'))!;
  const workflow = parse(yaml!, { strict: true }) as {
    readonly concurrency: Readonly<Record<string, string>>;
    readonly jobs: Readonly<Record<string, { readonly steps: readonly WorkflowStep[] }>>;
  };
  assert.match(workflow.concurrency['group']!, /github\.ref/);
  assert.match(workflow.concurrency['cancel-in-progress']!, /'pull_request'/);
  const used = workflow.jobs['cfsbench']!.steps.find(({ uses }) => uses?.includes('/cfsbench@'))!;
  for (const name of Object.keys(used.with!)) assert.ok(name in action.inputs, name);
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
