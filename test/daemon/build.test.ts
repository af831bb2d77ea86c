import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildScript, type Lab, newLab, noCompiler } from './support.ts';

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

const timedScript = fileURLToPath(new URL('../../../timed/build.sh', import.meta.url));

const noReadelf =
  spawnSync('readelf', ['--version']).error === undefined ? false : 'readelf is not installed';
const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
const isGlibc = header.glibcVersionRuntime !== undefined;
const COMPILERS = ['gcc', 'clang'];

for (const compiler of COMPILERS)
  test(`${compiler} builds the server without warnings or other files`, (context) => {
    if (spawnSync(compiler, ['--version']).error !== undefined)
      return context.skip(`there is no ${compiler}`);
    const built = build(compiler, { CC: compiler });
    assert.equal(built.stderr, '');
    assert.equal(built.status, 0);
    assert.deepEqual(readdirSync(join(lab.folder, compiler)), ['cfs-fuse']);
    assert.equal(statSync(join(lab.folder, compiler, 'cfs-fuse')).mode & 0o111, 0o111);
  });

/** Program headers and the dynamic section are what the kernel and ld.so obey. */
const checkHardened = (path: string): void => {
  const read = (option: string): string =>
    spawnSync('readelf', ['-W', option, path], { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout;
  assert.match(read('-h'), /^\s*Type:\s+DYN /m, `${path}: position-independent`);
  assert.match(read('-l'), /^\s*GNU_RELRO /m, `${path}: relocations become read-only`);
  assert.match(read('-l'), /^\s*GNU_STACK .* RW +0x/m, `${path}: the stack is not executable`);
  assert.match(read('-d'), /\bBIND_NOW\b|\bFLAGS_1\b.*\bNOW\b/, `${path}: no function is looked up later`);
  const symbols = read('-s');
  assert.match(symbols, /\b__stack_chk_fail\b/, `${path}: stack protector`);
  // musl has no variants of functions that check sizes.
  if (isGlibc) assert.match(symbols, /\b__(?!stack)\w+_chk\b/, `${path}: sizes are checked`);
};

test('the server and the library of timed windows are hardened', { skip: noCompiler || noReadelf }, () => {
  const built = spawnSync('sh', [timedScript, join(lab.folder, 'timed')], { encoding: 'utf8' });
  assert.equal(built.stderr, '');
  checkHardened(join(lab.folder, 'timed', 'libtimed.so'));
  for (const path of COMPILERS.map((compiler) => join(lab.folder, compiler, 'cfs-fuse')))
    if (existsSync(path)) checkHardened(path);
});

test('an option that the compiler refuses is left out and named', { skip: noCompiler }, () => {
  const compiler = lab.file(
    'old-cc',
    '#!/bin/sh\nfor word; do case $word in *FORTIFY*|-static-pie) exit 1 ;; esac; done\nexec cc "$@"\n',
  );
  chmodSync(compiler, 0o755);
  const built = build('old', { CC: compiler });
  assert.equal(built.status, 0, built.stderr);
  assert.deepEqual(
    built.stderr.split('\n').map((line) => line.replaceAll(compiler, 'CC')),
    [
      'cfs-fuse: build: warning: built without -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3, which CC refuses',
      'cfs-fuse: build: warning: linked dynamically, because CC cannot link with -static-pie: the server starts more slowly (Fedora: dnf install glibc-static)',
      '',
    ],
  );
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

test('without headers the error names the compiler and the packages', { skip: noCompiler }, () => {
  const built = build('bare', { CFLAGS: '-nostdinc' });
  assert.equal(built.status, 1);
  assert.match(built.stderr, /cannot build a program with the headers of libc and Linux .*libc6-dev/);
  assert.deepEqual(readdirSync(join(lab.folder, 'bare')), []);
});
