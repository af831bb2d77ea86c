// Two runs at once on one machine refuse each other by name, unless they are told to go on, which the report says.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import {
  diskFolder,
  eventually,
  leftOf,
  PROGRAM,
  program,
  readRun,
  SEEN_LIMIT_MS,
  start,
} from './support.ts';

const RUN = [
  ...[
    'run',
    '--profile',
    'quick',
    '--images',
    'synthetic:files=20',
    '--backends',
    'erofs-overlay,unpacked-overlay',
  ],
  ...['--scenarios', 'walk-warm', '--blocks', '8', '--count-passes', '1', '--budget', '10m'],
];

test('a second run on the machine is refused with the folder of the first, and allowed with a caveat', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const locks = join(home, 'locks');
  mkdirSync(locks);
  const run = (name: string, ...more: string[]) =>
    start(t, [process.execPath, PROGRAM, ...RUN, '--out', join(home, name), ...more], {
      CFSBENCH_LOCKS: locks,
    });
  // Far longer than the second run, beside any load: it is killed below.
  const first = run('first', '--lives', '1000', '--blocks', '200');
  await eventually('the lock of the first run', SEEN_LIMIT_MS, () => {
    assert.equal(first.child.exitCode, null, 'the first run ended before the second began');
    return readdirSync(locks).length === 1;
  });

  const refused = await run('second').done;
  assert.equal(refused.code, 4, refused.stderr);
  const [said, who, , hint] = refused.stderr.split('\n');
  assert.equal(said, 'cfsbench: another run measures on this machine');
  assert.match(
    who!,
    new RegExp(`^ {2}${join(home, 'first')}, since 20\\d\\d-\\S+Z, process ${first.child.pid}$`),
  );
  assert.match(hint!, /--allow-parallel/);
  assert.ok(!readdirSync(home).includes('second'), 'what is refused leaves no folder');

  const pool = await run('pool', '--runs', '2').done;
  assert.equal(pool.code, 4, pool.stderr);

  const allowed = await run('second', '--allow-parallel').done;
  assert.equal(allowed.code, 0, allowed.stderr);
  const { asked, conditions, warnings } = readRun(join(home, 'second'));
  assert.equal(asked!.options['allowParallel'], true);
  const judged = conditions!.judged.find(({ id }) => id === 'parallel');
  assert.deepEqual(
    [judged?.severity, judged?.text],
    ['noise', 'another run measured on this machine at the same time'],
  );
  assert.ok(warnings.includes(`noise: ${judged!.text}`));
  const report = await program(t, ['report', join(home, 'second')]);
  assert.match(
    report.stdout.replaceAll(/\s+/g, ' '),
    /Noisy machine: another run measured on this machine at the same time\./,
  );

  assert.equal(first.child.exitCode, null, 'the first run ended before the second did');
  first.child.kill('SIGKILL');
  await first.done;
  const third = await run('third', '--runs', '2').done;
  assert.equal(third.code, 0, third.stderr);
  for (const name of ['1', '2'])
    assert.ok(!readRun(join(home, 'third', name)).conditions!.judged.some(({ id }) => id === 'parallel'));
  assert.deepEqual(readdirSync(locks), []);
  await eventually('the end of the killed run', SEEN_LIMIT_MS, () => leftOf(home).length === 0);
});
