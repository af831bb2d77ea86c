// Debugging aids of a run: CFSBENCH_DEBUG=1 and --keep-work.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, leftOf, PROGRAM, program, start } from './support.ts';

test('CFSBENCH_DEBUG=1 prints plan, phases, mount calls and memory; --keep-work keeps the work folder for clean', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const what = ['--images', 'synthetic:files=20,layers=1,seed=1', '--backends', 'erofs-overlay'];
  const argv = [process.execPath, PROGRAM, 'run', ...what, '--scenarios', 'churn', '--count-only'];
  const options = ['--count-passes', '1', '--keep-work', '--out', out];
  const { code, stdout, stderr } = await start(t, [...argv, ...options], { CFSBENCH_DEBUG: '1' }).done;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^debug: plan: count pass, churn local=files on .* free, erofs-overlay: 1 slots$/m);
  assert.match(stderr, /^debug: slot \d+, count pass, churn on erofs-overlay: mount begins$/m);
  assert.match(stderr, /^debug: {3}fsopen\("erofs", 1\) = \d+$/m);
  assert.match(stderr, /^debug: {3}umount2\(".*", 0\) = 0$/m);
  assert.match(stderr, /^debug: memory: rss \d+\.\d\d MiB, heapTotal .*$/m);
  const [, work = ''] = /^Work: +(\S+) \(kept; /m.exec(stdout) ?? [];
  assert.ok(existsSync(join(work, 'sources')), work);
  assert.deepEqual(leftOf(home), []);
  const cleaned = await program(t, ['clean', home]);
  assert.equal(cleaned.stdout, `removed: ${work} (kept by --keep-work)\n`);
  assert.deepEqual(readdirSync(home), ['results']);
});
