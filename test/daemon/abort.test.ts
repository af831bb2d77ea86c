import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { abortFuse, waitingRequests } from '../../harness/sys/fuse-abort.ts';
import { until } from '../harness/sys/support.ts';
import { besideNeighbours } from '../neighbours.ts';
import { dumpOf, line, root as rootLine } from './dumps.ts';
import { exitOf, type Lab, newLab, noServer, notRoot, serve } from './support.ts';

let lab: Lab;
before(() => {
  lab = newLab();
});
after(() => lab.remove());

test(
  'a hung server has waiting requests, and an abort ends them without access to the mount',
  {
    skip: notRoot || noServer,
  },
  (t) =>
    besideNeighbours(t, 'the caches', async () => {
      const dump = dumpOf([
        rootLine,
        line('/dir', '40755', { nlink: 2 }),
        line('/dir/file', '100644'),
        line('/new', '100644'),
      ]);
      const served = await serve(lab, lab.image('hung.cfs', dump));
      const { root, process: server } = served;
      assert.deepEqual(readdirSync(join(root, 'dir')), ['file']);
      assert.equal(waitingRequests(root), 0);
      server.kill('SIGSTOP');
      // Only the abort ends this process.
      const stuck = spawn('stat', [join(root, 'dir/none')], { stdio: 'ignore' });
      await until('a waiting request', () => waitingRequests(root) !== 0);
      assert.equal(stuck.exitCode, null);
      assert.equal(abortFuse(root), true);
      assert.equal(await exitOf(stuck), 1);
      // The kernel still shows cached entries.
      assert.equal(spawnSync('ls', [join(root, 'dir')], { encoding: 'utf8' }).stdout, 'file\n');
      server.kill('SIGCONT');
      assert.equal(await served.close(), 0);
      assert.equal(abortFuse(root), false);
      assert.equal(waitingRequests(root), null);
    }),
);
