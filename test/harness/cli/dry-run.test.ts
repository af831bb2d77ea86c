// The built program prints the plan of a run that it does not start.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { diskFolder, PROGRAM } from '../../end-to-end/support.ts';

const cfsbench = (...args: string[]) =>
  spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', env: { ...process.env, COLUMNS: '' } });

test('a dry run prints the same plan for the same seed, and writes nothing', (t) => {
  const out = join(diskFolder(t), 'results');
  const what = ['--images', 'synthetic:files=20', '--scenarios', 'walk-warm', '--blocks', '8'];
  const plan = (seed: string) => {
    const { status, stdout, stderr } = cfsbench('run', '--dry-run', ...what, '--seed', seed, '--out', out);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^arms: .*erofs-overlay/m);
    return stdout.split('\n').filter((line) => /^(block \d| {2}walk-warm )/.test(line));
  };
  const first = plan('a');
  assert.equal(first.filter((line) => line.startsWith('block ')).length, 8);
  assert.deepEqual(plan('a'), first);
  assert.notDeepEqual(plan('b'), first);
  assert.equal(existsSync(out), false);
});

test('a dry run names the baseline that a run of these arms would have', () => {
  const what = ['--images', 'synthetic:files=20', '--scenarios', 'walk-warm', '--blocks', '8'];
  const arms = ['--backends', 'composefs-fuse,unpacked-overlay'];
  const { status, stdout, stderr } = cfsbench('run', '--dry-run', ...what, ...arms);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^arms: .*; null is composefs-fuse again$/m);
  const blocks = stdout.split('\n').filter((line) => line.startsWith('  walk-warm on '));
  assert.equal(blocks.length, 8);
  for (const line of blocks) assert.match(line, /\bnull\b/);
});

test('a dry run of several runs shows the first, with its seed and its share of the budget', () => {
  const what = ['--images', 'synthetic:files=20', '--scenarios', 'walk-warm', '--blocks', '8'];
  const plan = (...more: readonly string[]) => {
    const { status, stdout, stderr } = cfsbench('run', '--dry-run', ...what, ...more);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  const first = plan('--runs', '4', '--seed', 'a', '--budget', '2m');
  assert.match(first, /^profile: .*, budget 30 s for each of 4 runs$/m);
  assert.match(first, /^seed: +a-1 for run 1 \(--seed a repeats the orders of all runs\)$/m);
  const blocks = (text: string) => text.slice(text.indexOf('block 0'));
  assert.equal(blocks(first), blocks(plan('--seed', 'a-1', '--budget', '30s')));
});

test('an interrupted dry run leaves no files', async (t) => {
  const home = diskFolder(t);
  const tmp = join(home, 'tmp');
  mkdirSync(tmp);
  const key = join(home, 'public.pem');
  writeFileSync(key, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }));
  // It accepts connections and does not answer: the program waits for the image.
  const silent = createServer();
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const asked = once(silent, 'connection');
  const { port } = silent.address() as AddressInfo;
  const image = `remote:http://127.0.0.1:${port}/image,key=${key}`;
  const child = spawn(process.execPath, [PROGRAM, 'run', '--dry-run', '--images', image], {
    env: { ...process.env, TMPDIR: tmp },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  t.after(() => child.kill('SIGKILL'));
  await asked;
  assert.equal(readdirSync(tmp).length, 1);
  child.kill('SIGINT');
  assert.deepEqual(await ended, [130, null]);
  assert.deepEqual(readdirSync(tmp), []);
});
