// Options that npm keeps for itself because `--` is missing, with the real npm.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROGRAM } from '../../end-to-end/support.ts';

const bench = (...args: string[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-npm-'));
  try {
    const script = `${JSON.stringify(process.execPath)} ${JSON.stringify(PROGRAM)}`;
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { bench: script } }));
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
    return spawnSync('npm', ['run', '--silent', 'bench', ...args], { cwd: folder, encoding: 'utf8', env });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('an option that npm kept is refused with the line to type', () => {
  const cases: [string[], string][] = [
    [['--dry-run'], 'npm run bench -- --dry-run'],
    [['--profile', 'quick'], 'npm run bench -- --profile quick'],
    [['--profile=quick'], 'npm run bench -- --profile=quick'],
    [['report', '--long', '/none'], 'npm run bench -- report --long /none'],
  ];
  for (const [args, line] of cases) {
    const { status, stderr, stdout } = bench(...args);
    assert.equal(status, 1, `${args.join(' ')}: ${stdout}`);
    assert.match(stderr, /^cfsbench: npm kept --/);
    assert.ok(stderr.includes(`  try: ${line}\n`), stderr);
  }
});

test('options after -- reach the program, and those of npm do not disturb it', () => {
  const { status, stderr } = bench('--loglevel=error', '--', 'report', '--format', 'mail', '/none');
  assert.equal(status, 1);
  assert.match(stderr, /no such (file or )?folder/);
});
