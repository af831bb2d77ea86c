// A kernel whose protocol the server refuses: the kernel sends nothing after that, so the server must not wait for a request.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openLog } from '../../harness/sys/logs.ts';
import { startServer } from '../../harness/sys/servers.ts';
import { isMounted } from '../processes.ts';
import { dumpOf, line, root as rootLine } from './dumps.ts';
import { buildScript, type Lab, newLab, noServer, notRoot } from './support.ts';

const skip = notRoot || noServer;
const LIMIT_MS = 60_000;

let lab: Lab;
before(() => {
  lab = newLab();
});
after(() => {
  // Left by a server that did not end.
  spawnSync('umount', ['-l', join(lab.folder, 'mount')], { stdio: 'ignore' });
  lab.remove();
});

/** A server for which every kernel is too old. */
const choosy = (): string => {
  const built = spawnSync('sh', [buildScript, lab.folder], {
    encoding: 'utf8',
    env: { ...process.env, CFLAGS: '-DFUSE_ABI_MINOR_MIN=99u' },
  });
  assert.equal(built.status, 0, built.stderr);
  return join(lab.folder, 'cfs-fuse');
};

test('a server that refuses the protocol ends with a message and leaves no mount', { skip }, () => {
  const server = choosy();
  const image = lab.image('small.cfs', dumpOf([rootLine, line('/a', '100644')]));
  const at = join(lab.folder, 'mount');
  mkdirSync(at);
  const ran = spawnSync(server, [image, at], { encoding: 'utf8', timeout: LIMIT_MS, killSignal: 'SIGKILL' });
  assert.match(ran.stderr, /FUSE protocol 7\.\d+ is too old; Linux 5\.1 or later is needed\n/);
  assert.match(ran.stderr, /mount: .*: the kernel's FUSE protocol is refused: Protocol error\n$/);
  assert.equal(ran.status, 1);
  assert.equal(isMounted(at), false);

  const shared = startServer({
    argv: [server, '--control-fd', '{control}'],
    log: openLog(),
    limitMs: LIMIT_MS,
  });
  try {
    assert.match(
      shared.sendCommand(['mount', image, at, '', lab.objects]),
      /the kernel's FUSE protocol is refused/,
    );
    assert.equal(shared.sendCommand(['count']), '0');
    assert.equal(isMounted(at), false);
  } finally {
    shared.close(LIMIT_MS);
  }
});
