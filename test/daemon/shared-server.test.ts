// One server for many mounts, and the options that exclude each other.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { bind, check } from '../../harness/sys/libc.ts';
import { openLog } from '../../harness/sys/logs.ts';
import { createMachine } from '../../harness/sys/machine.ts';
import { openPidfd, reap, signalProcess, waitReadable } from '../../harness/sys/processes.ts';
import { startServer } from '../../harness/sys/servers.ts';
import { spawnProcess } from '../../harness/sys/spawn.ts';
import { dumpOf, line, root as rootLine } from './dumps.ts';
import { type Lab, newLab, noCompiler, noServer, notRoot, sanitized, whileServed } from './support.ts';

const skip = notRoot || noServer;
const OBJECT_BYTES = 300_000;
const READ = 15;

let lab: Lab;
before(() => {
  lab = newLab();
  lab.object('ob/large', 'o'.repeat(OBJECT_BYTES));
});
after(() => lab.remove());

const withObject = dumpOf([rootLine, line('/file', '100644', { size: OBJECT_BYTES, payload: 'ob/large' })]);

test('one server serves many mounts, releases them one by one, and ends with its socket', {
  skip,
}, async () => {
  const image = lab.image('object.cfs', withObject);
  const log = openLog();
  const server = startServer({
    // Each mount needs two files, so the limit at start allows about thirty mounts.
    argv: ['prlimit', '--nofile=64:', sanitized(), '--control-fd', '{control}'],
    log,
    limitMs: 10_000,
  });
  const stats = lab.file('stats', '');
  truncateSync(stats, 4096);
  const reads = (): number => Number(readFileSync(stats).readBigUInt64LE(READ * 8));
  const roots = Array.from({ length: 40 }, (_, i) => join(lab.folder, `shared-${i}`));
  try {
    for (const root of roots) {
      mkdirSync(root);
      assert.equal(server.sendCommand(['mount', image, root, stats, lab.objects]), 'ok');
    }
    for (const root of roots) assert.equal(readFileSync(join(root, 'file')).length, OBJECT_BYTES);
    assert.ok(reads() >= 40);
    assert.equal(server.sendCommand(['count']), '40');
    assert.match(
      server.sendCommand(['mount', join(lab.folder, 'none.cfs'), roots[0]!, '', lab.objects]),
      /^image: .* cannot be read/,
    );
    assert.match(
      server.sendCommand(['mount', image, join(lab.folder, 'nowhere'), '', lab.objects]),
      /^mount: .*No such file/,
    );
    assert.match(
      server.sendCommand(['mount', image, join(lab.folder, 'no\nwhere\x1b[2J'), '', lab.objects]),
      /^mount: .*\/no\\x0awhere\\x1b\[2J: cannot find/,
    );
    assert.match(server.sendCommand(['dance']), /unknown message/);
    for (const root of roots.slice(0, 39)) assert.equal(spawnSync('umount', [root]).status, 0);
    const machine = createMachine({} as never, { scratch: lab.folder });
    assert.ok(
      machine.waitFor(() => server.sendCommand(['count']) === '1', 5000),
      server.sendCommand(['count']),
    );
    assert.equal(statSync(join(roots[39]!, 'file')).size, OBJECT_BYTES);
    assert.equal(
      readdirSync(`/proc/${server.pid}/fd`).filter((fd) =>
        /^\/dev\/fuse$/.test(readlinkSync(`/proc/${server.pid}/fd/${fd}`)),
      ).length,
      1,
    );
  } finally {
    server.close(5000);
    for (const root of roots) spawnSync('umount', ['-l', root], { stdio: 'ignore' });
  }
  assert.equal(fstatSync(log).size, 0);
});

test('a server at its limit of open files refuses a mount, and the others keep their contents', {
  skip,
}, () => {
  const image = lab.image('limited.cfs', withObject);
  const server = startServer({
    argv: [
      ...['setpriv', '--bounding-set', '-sys_resource', 'prlimit', '--nofile=64:64'],
      ...[sanitized(), '--control-fd', '{control}'],
    ],
    log: openLog(),
    limitMs: 10_000,
  });
  const roots: string[] = [];
  try {
    let reply = 'ok';
    while (reply === 'ok' && roots.length < 64) {
      const root = join(lab.folder, `limited-${roots.length}`);
      mkdirSync(root);
      reply = server.sendCommand(['mount', image, root, '', lab.objects]);
      if (reply === 'ok') roots.push(root);
    }
    assert.match(reply, /Too many open files/);
    assert.ok(roots.length > 10, String(roots.length));
    for (const root of roots) assert.equal(readFileSync(join(root, 'file')).length, OBJECT_BYTES);
  } finally {
    server.close(5000);
    for (const root of roots) spawnSync('umount', ['-l', root], { stdio: 'ignore' });
  }
});

const AF_UNIX = 1;
const SOCK_SEQPACKET = 5;
const MSG_DONTWAIT = 0x40;
const SIGKILL = 9;
const socketPair = bind<(domain: number, type: number, protocol: number, into: Uint8Array) => number>(
  'socketpair',
  ...['int', 'int', 'int', 'void *'],
);
const send = bind<(fd: number, from: Uint8Array, size: number, flags: number) => number>(
  'send',
  ...['int', 'const void *', 'size_t', 'int'],
);

test('a client that reads no replies ends the server, which waits for nobody', { skip }, () => {
  const pair = Buffer.alloc(8);
  check(socketPair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 'socketpair');
  const [ours, theirs] = [pair.readInt32LE(0), pair.readInt32LE(4)];
  const stdin = openSync('/dev/null', 'r+');
  const argv = [sanitized(), '--control-fd', '3'];
  const pid = spawnProcess(argv, { stdin, stdout: stdin, stderr: stdin, extra: { from: theirs, to: 3 } });
  const pidfd = openPidfd(pid);
  for (const fd of [theirs, stdin]) closeSync(fd);
  try {
    assert.ok(waitReadable(ours, 10_000), 'not ready');
    const message = Buffer.from('count\0');
    // Without waiting: a server that waits for this client takes no further message.
    for (let sent = 0; sent < 2000 && !waitReadable(pidfd, 0); sent++)
      if (send(ours, message, message.length, MSG_DONTWAIT) < 0) waitReadable(pidfd, 1);
    assert.ok(waitReadable(pidfd, 10_000), 'it waits for its client');
    assert.equal(reap(pid), 'exit 0');
  } finally {
    signalProcess(pid, SIGKILL);
    for (const fd of [ours, pidfd]) closeSync(fd);
  }
});

test('an image whose head cannot be read leaves no descriptor in the server', { skip }, async () => {
  // An image below another mount, in an object that is missing.
  const outer = lab.image(
    'outer.cfs',
    dumpOf([rootLine, line('/inner.cfs', '100644', { size: 8192, payload: 'ob/missing' })]),
  );
  await whileServed(lab, outer, async ({ root }) => {
    const at = join(lab.folder, 'unreadable');
    mkdirSync(at);
    const server = startServer({
      argv: [sanitized(), '--control-fd', '{control}'],
      log: openLog(),
      limitMs: 10_000,
    });
    const descriptors = (): number => readdirSync(`/proc/${server.pid}/fd`).length;
    try {
      const before = descriptors();
      for (let i = 0; i < 5; i++)
        assert.match(
          server.sendCommand(['mount', join(root, 'inner.cfs'), at, '', lab.objects]),
          /inner\.cfs cannot be read: Input\/output error/,
        );
      assert.equal(descriptors(), before);
    } finally {
      server.close(5000);
    }
  });
});

for (const [options, why] of [
  [['--xattr', 'some'], /--xattr must be full, no-acl or auto, not 'some'/],
  [['--transport', 'pigeon'], /--transport must be read-write, threads or uring, not 'pigeon'/],
  [['--threads', '3'], /--threads needs --transport threads/],
  [['--transport', 'threads', '--threads', '65'], /from 1 to 64/],
  [['--control-fd', '5-4'], /--control-fd must be the number of a descriptor, or a range of at most 64/],
  [['--control-fd', '3-67'], /a range of at most 64/],
  [['--control-fd', '3-'], /a range of at most 64/],
  [['--spin-us', '2000'], /auto, or from 0 to 1000/],
  [['--transport', 'uring', '--spin-us', '50'], /--transport uring never polls/],
  [['--transport', 'uring', '--spin-us', 'auto'], /--transport uring never polls/],
  [['--spin-us', 'often'], /auto, or from 0 to 1000/],
  [['--metadata-only', '--data', 'passthrough'], /excludes --data passthrough/],
  [['--metadata-only', '--xattr', 'auto'], /excludes --xattr auto/],
  [['--control-fd', '0', '--transport', 'threads'], /--control-fd needs --transport read-write/],
] as const)
  test(`${options.join(' ')} is wrong usage`, { skip: noCompiler }, async () => {
    const child = spawn(sanitized(), [...options, 'image', 'at'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      output += bytes.toString();
    });
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 2);
    assert.match(output, why);
  });
