// Leaks planted into a running run: each is named, and the exit code is 5.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import {
  afterwards,
  diskFolder,
  eventually,
  innerOf,
  leftOf,
  loopsBelow,
  readSamples,
  SEEN_LIMIT_MS,
  startProgram,
} from './support.ts';

const EXIT_LEFT = 5;

const must = (argv: readonly string[]): string => {
  const [program = '', ...args] = argv;
  const done = spawnSync(program, args, { encoding: 'utf8' });
  assert.equal(done.status, 0, `${argv.join(' ')}: ${done.stderr}`);
  return done.stdout;
};

test('a planted mount, loop device, process and file are each reported by name, with exit code 5', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  afterwards(t, () => {
    for (const device of loopsBelow(home)) must(['losetup', '-d', device]);
  });
  const out = join(home, 'results');
  const what = ['--scenarios', 'churn,walk-warm', '--images', 'synthetic:files=40,layers=2,seed=1'];
  const run = startProgram(t, ['run', '--profile', 'quick', '--budget', '5m', ...what, '--out', out]);
  const count = (): number => {
    try {
      return readSamples(out).length;
    } catch {
      return 0; // The journal does not exist yet, or its last line is incomplete.
    }
  };
  await eventually('the first samples', SEEN_LIMIT_MS, () => count() > 2);
  const work = join(home, readdirSync(home).find((name) => name.startsWith('.cfsbench-work-'))!);
  const inner = String(innerOf(run, home));
  const planted = join(work, 'scratch', 'planted');
  mkdirSync(planted);
  writeFileSync(join(work, 'planted-file'), '');
  writeFileSync(join(work, 'scratch', 'disk'), Buffer.alloc(65_536));
  must(['losetup', '-f', join(work, 'scratch', 'disk')]);
  must([
    ...['nsenter', '-t', inner, '-m', '-p', '--', 'sh', '-c'],
    `mount -t tmpfs none ${planted} && { sleep 4321 <&- >&- 2>&- & }`,
  ]);
  const { code, stderr } = await run.done;
  assert.equal(code, EXIT_LEFT, stderr);
  const messages = readSamples(out)
    .flatMap((sample) => (sample.outcome === 'failed' && sample.phase === 'leak' ? [sample.message] : []))
    .join('\n');
  assert.match(messages, /mount: WORK\/scratch\/planted \(tmpfs\)/);
  assert.match(messages, /loop device: \/dev\/loop\d+ \(WORK\/scratch\/disk\)/);
  assert.match(messages, /process: \d+ sleep 4321/);
  assert.match(messages, /file: WORK\/planted-file/);
  assert.match(stderr, /left behind/);
  assert.deepEqual(
    leftOf(home).filter((thing) => !thing.startsWith('loop device: ')),
    [],
    'mounts and processes are gone with the namespaces',
  );
});
