import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildScript, type Lab, newLab } from './support.ts';

let lab: Lab;
before(() => {
  lab = newLab();
});
after(() => lab.remove());

const build = (name: string, environment: Record<string, string>) =>
  spawnSync('sh', [buildScript, join(lab.folder, name)], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  });

for (const compiler of ['gcc', 'clang'])
  test(`${compiler} builds the server without warnings or other files`, (context) => {
    if (spawnSync(compiler, ['--version']).error !== undefined)
      return context.skip(`there is no ${compiler}`);
    const built = build(compiler, { CC: compiler });
    assert.equal(built.stderr, '');
    assert.equal(built.status, 0);
    assert.deepEqual(readdirSync(join(lab.folder, compiler)), ['cfs-fuse']);
    assert.equal(statSync(join(lab.folder, compiler, 'cfs-fuse')).mode & 0o111, 0o111);
  });

test('without a compiler the error names the packages', () => {
  const tools = join(lab.folder, 'bin');
  spawnSync('sh', [
    '-c',
    'mkdir "$1" && for t in sh dirname mkdir mktemp rm; do ln -s "$(command -v $t)" "$1"; done',
    'sh',
    tools,
  ]);
  const built = build('none', { PATH: tools });
  assert.equal(built.status, 1);
  assert.match(built.stderr, /^cfs-fuse: build: no C compiler found .*apt install gcc libc6-dev/);
});

test('without headers the error names the compiler and the packages', () => {
  const built = build('bare', { CFLAGS: '-nostdinc' });
  assert.equal(built.status, 1);
  assert.match(built.stderr, /cannot build a program with the headers of libc and Linux .*libc6-dev/);
  assert.deepEqual(readdirSync(join(lab.folder, 'bare')), []);
});
