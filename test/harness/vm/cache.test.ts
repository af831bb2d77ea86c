// The folder for kernels and guests: one call at a time, nothing half made, and removed by `cfsbench clean --cache` alone.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { openCache, VM_CACHE } from '../../../harness/vm/cache.ts';
import { ownState, PROGRAM } from '../../end-to-end/support.ts';
import { temporaryFolder } from '../sys/support.ts';

before(ownState);

test('a part is made once, and kept only if it is complete', async (context) => {
  const parent = temporaryFolder(context);
  const cache = openCache(parent);
  context.after(() => cache.close());
  await assert.rejects(
    cache.part('kernel-1', (path) => {
      writeFileSync(path, 'half');
      throw new Error('no network');
    }),
    /no network/,
  );
  assert.ok(!readdirSync(cache.path).some((name) => name.startsWith('kernel')));
  const made = await cache.part('kernel-1', (path) => writeFileSync(path, 'whole'));
  assert.equal(readFileSync(made, 'utf8'), 'whole');
  assert.equal(await cache.part('kernel-1', () => assert.fail('made again')), made);
});

test('a second process is refused, and files of a killed process are removed', (context) => {
  const parent = temporaryFolder(context);
  const first = openCache(parent);
  assert.throws(() => openCache(parent), /another process uses/);
  const { path, scratch } = first;
  writeFileSync(join(path, 'guest-1.new'), 'half');
  first.close();
  assert.ok(!existsSync(scratch));
  mkdirSync(join(path, 'call-killed'));
  const second = openCache(parent);
  second.close();
  assert.deepEqual(
    readdirSync(path).filter((name) => /^call-|\.new$/.test(name)),
    [],
  );
});

test('a folder with foreign files is not used', (context) => {
  const parent = temporaryFolder(context);
  mkdirSync(join(parent, VM_CACHE));
  writeFileSync(join(parent, VM_CACHE, 'precious'), 'x');
  assert.throws(() => openCache(parent), /the path of the folder for kernels and guests is taken/);
  assert.ok(existsSync(join(parent, VM_CACHE, 'precious')));
});

test('cfsbench clean keeps the cache; --cache names it with its size and removes it, wherever it is', (context) => {
  const parent = temporaryFolder(context);
  const run = (...args: string[]): string =>
    execFileSync(process.execPath, [PROGRAM, 'clean', ...args], {
      encoding: 'utf8',
      env: { ...process.env, CFSBENCH_LOCKS: '' },
    });
  const line = (verb: string): RegExp =>
    new RegExp(
      `^${verb}: ${join(parent, VM_CACHE)} \\(kernels and guests of cfsbench vm, [\\d.]+ [kM]B\\)$`,
      'm',
    );
  for (const where of [[], [parent]]) {
    openCache(parent).close();
    writeFileSync(join(parent, VM_CACHE, 'guest'), Buffer.alloc(100_000, 'x'));
    assert.match(run(...where), /^nothing was left in /);
    assert.match(run('--cache', '--dry-run', ...where), line('would remove'));
    assert.ok(existsSync(join(parent, VM_CACHE)));
    assert.match(run('--cache', ...where), line('removed'));
    assert.ok(!existsSync(join(parent, VM_CACHE)));
  }
});
