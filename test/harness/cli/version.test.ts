import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkoutCommit } from '../../../harness/cli/version.ts';
import { temporaryFolder } from '../sys/support.ts';

test('a checkout with uncommitted changes has a commit of its own for each state of its files', (t) => {
  const folder = temporaryFolder(t);
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      cwd: folder,
      stdio: 'ignore',
    });
  const write = (text: string): void => writeFileSync(join(folder, 'file'), text);
  git('init');
  write('one');
  git('add', 'file');
  git('commit', '-m', 'one', '--no-gpg-sign');
  const clean = checkoutCommit(folder)!;
  assert.match(clean, /^[0-9a-f]{12}$/);
  write('two');
  const two = checkoutCommit(folder)!;
  assert.match(two, /^[0-9a-f]{12}\+[0-9a-f]{8}$/);
  assert.equal(two.slice(0, 12), clean);
  assert.equal(checkoutCommit(folder), two);
  write('six');
  assert.notEqual(checkoutCommit(folder), two);
  write('one');
  assert.equal(checkoutCommit(folder), clean);
});
