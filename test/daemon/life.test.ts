import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { dumpOf, line, root as rootLine } from './dumps.ts';
import {
  exitOf,
  type Lab,
  newLab,
  noCompiler,
  noServer,
  notRoot,
  sanitized,
  serve,
  whileServed,
} from './support.ts';

const skip = notRoot || noServer;
const LIMIT_MS = 60_000;

let lab: Lab;
let image: string;
before(() => {
  lab = newLab();
  lab.object('ob', 'object!');
  image = lab.image(
    'life.cfs',
    dumpOf([
      rootLine,
      line('/a', '100644', { content: 'inside' }),
      line('/b', '100644', { size: 7, payload: 'ob' }),
    ]),
  );
});
after(() => lab.remove());

const mountLine = (at: string): string | undefined =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find((text) => text.split(' ')[4] === at);

const until = async (condition: () => boolean): Promise<void> => {
  for (const end = Date.now() + LIMIT_MS; !condition(); await pause(5))
    if (Date.now() > end) throw new Error('timeout');
};

test('the mount is ready and read-only when the byte arrives, and the server exits with 0 after the unmount', {
  skip,
}, async () => {
  const served = await serve(lab, image);
  try {
    const mount = mountLine(served.root) ?? '';
    assert.match(mount, / - fuse\.cfs-fuse /);
    assert.match(mount, / ro,nosuid,nodev/);
    assert.ok(mount.includes(image));
    assert.deepEqual((await readdir(served.root)).sort(), ['a', 'b']);
    assert.equal(spawnSync('umount', [served.root]).status, 0);
    assert.equal(await exitOf(served.process), 0);
    assert.equal(served.log(), '');
  } finally {
    await served.close();
  }
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  test(`${signal} detaches the mount and ends the server with 0, even while files are open`, {
    skip,
  }, async () => {
    const served = await serve(lab, image);
    const file = await open(join(served.root, 'b'));
    try {
      served.process.kill(signal);
      assert.equal(await exitOf(served.process), 0);
      assert.equal(served.mounted(), false);
    } finally {
      await file.close().catch((error: NodeJS.ErrnoException) => assert.equal(error.code, 'ENOTCONN'));
      await served.close();
    }
  });

test('after a lazy unmount the server serves open files until the last one is closed', { skip }, async () => {
  const served = await serve(lab, image);
  try {
    const file = await open(join(served.root, 'b'));
    assert.equal(spawnSync('umount', ['-l', served.root]).status, 0);
    assert.equal((await file.readFile()).toString(), 'object!');
    assert.equal(served.process.exitCode, null);
    await file.close();
    assert.equal(await exitOf(served.process), 0);
  } finally {
    await served.close();
  }
});

test('a signal does not detach another mount above', { skip }, async () => {
  const served = await serve(lab, image);
  try {
    assert.equal(spawnSync('mount', ['-t', 'tmpfs', 'above', served.root]).status, 0);
    served.process.kill('SIGTERM');
    assert.equal(await exitOf(served.process), 0);
    assert.match(mountLine(served.root) ?? '', /fuse\.cfs-fuse/);
    const top = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((text) => text.split(' ')[4] === served.root);
    assert.match(top.at(-1) ?? '', / - tmpfs above /);
  } finally {
    spawnSync('umount', ['-l', served.root]);
    await served.close();
  }
});

test('a signal does not detach a file system that has the number of the mount', { skip }, async () => {
  const served = await serve(lab, image);
  const copy = join(lab.folder, 'copy');
  mkdirSync(copy);
  const numberAt = (path: string): string | undefined => mountLine(path)?.split(' ')[0];
  const number = numberAt(served.root);
  try {
    assert.equal(spawnSync('mount', ['--bind', served.root, copy]).status, 0);
    assert.equal(spawnSync('umount', [served.root]).status, 0);
    // The kernel gives the lowest free number, which may be another one.
    assert.equal(spawnSync('mount', ['-t', 'tmpfs', 'other', served.root]).status, 0);
    served.process.kill('SIGTERM');
    await exitOf(served.process);
    assert.match(mountLine(served.root) ?? '', / - tmpfs other /, `${number} ${numberAt(served.root)}`);
  } finally {
    for (const at of [served.root, copy]) spawnSync('umount', ['-l', at], { stdio: 'ignore' });
    await served.close();
  }
});

test('the death of the parent detaches the mount and ends the server', { skip }, async () => {
  const at = join(lab.folder, 'orphan');
  mkdirSync(at);
  const script = '"$@" & echo $!; wait';
  const parent = spawn('sh', ['-c', script, 'sh', sanitized(), '--objects', lab.objects, image, at], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [first] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(first.toString());
  try {
    await until(() => mountLine(at) !== undefined);
    assert.equal((await readFile(join(at, 'b'))).toString(), 'object!');
    parent.kill('SIGKILL');
    // The process that inherits it may reap it late.
    await until(
      () => !existsSync(`/proc/${pid}`) || /^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')),
    );
    assert.equal(mountLine(at), undefined);
  } finally {
    parent.kill('SIGKILL');
    if (mountLine(at) !== undefined) spawnSync('umount', ['-l', at]);
  }
});

test('the server ends if the readiness pipe is closed', { skip }, async () => {
  const at = join(lab.folder, 'nobody');
  mkdirSync(at);
  const child = spawn(sanitized(), ['--ready-fd', '3', image, at], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  child.stdio[3]?.destroy();
  try {
    // If the byte was written before the pipe was closed, the server serves as usual.
    await until(() => {
      if (child.exitCode === null && mountLine(at) !== undefined) spawnSync('umount', ['-l', at]);
      return child.exitCode !== null;
    });
    assert.ok(child.exitCode === 1 || child.exitCode === 0);
    assert.equal(mountLine(at), undefined);
  } finally {
    child.kill('SIGKILL');
  }
});

test('--stats counts requests by opcode and adds to existing counters', { skip }, async () => {
  const stats = lab.file('stats', '');
  truncateSync(stats, 4096);
  const counts = (): bigint[] => [...new BigUint64Array(new Uint8Array(readFileSync(stats)).buffer)];
  const visit = (): Promise<void> =>
    whileServed(
      lab,
      image,
      async ({ root }) => {
        await readFile(join(root, 'a'));
        await assert.rejects(stat(join(root, 'nothing')), { code: 'ENOENT' });
        await assert.rejects(stat(join(root, 'nothing')), { code: 'ENOENT' });
      },
      ['--stats', stats],
    );
  await visit();
  const once = counts();
  assert.deepEqual(
    [1, 14, 15, 26].map((opcode) => once[opcode]),
    [2n, 1n, 1n, 1n],
    'lookups of two names, one refused OPEN, one READ, one INIT',
  );
  await visit();
  assert.equal(counts()[26], 2n);
});

test('the server works in a user namespace without privileges outside', { skip }, (context) => {
  const at = join(lab.folder, 'unprivileged');
  mkdirSync(at);
  const script = `
    mkfifo "$4"
    "$1" --objects "$2" --ready-fd 9 "$3" "$5" 9>"$4" & server=$!
    head -c 1 "$4" >/dev/null; cat "$5/b"; ls -l "$5/a" | cut -c 1-10; umount "$5"; wait $server; echo "ended with $?"`;
  const words = ['sh', sanitized(), lab.objects, image, join(lab.folder, 'fifo'), at];
  const probe = spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'true']);
  if (probe.status !== 0) {
    context.skip('user namespaces are not allowed here');
    return;
  }
  const ran = spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', script, ...words], {
    encoding: 'utf8',
    timeout: LIMIT_MS,
  });
  assert.equal(ran.stdout, 'object!-rw-r--r--\nended with 0\n', ran.stderr);
});

for (const [name, words, code, sentence] of [
  [
    'a missing mount point',
    () => [image, join(lab.folder, 'nowhere')],
    1,
    /^cfs-fuse: mount: .*nowhere: cannot find the mount point: No such file or directory\n$/,
  ],
  [
    'a mount point that is a file',
    () => [image, image],
    1,
    /^cfs-fuse: mount: .*: the kernel refused the mount: /,
  ],
  [
    'a missing image',
    () => ['/nowhere.cfs', lab.folder],
    1,
    /^cfs-fuse: image: \/nowhere\.cfs cannot be read: No such file/,
  ],
  [
    'an image name with a newline and an escape sequence',
    () => ['/none\ncfs-fuse: forged\x1b[31m', lab.folder],
    1,
    /^cfs-fuse: image: \/none\\x0acfs-fuse: forged\\x1b\[31m cannot be read: No such file or directory\n$/,
  ],
  [
    'a missing object folder',
    () => ['--objects', '/nowhere', image, lab.folder],
    1,
    /^cfs-fuse: objects: \/nowhere: No such file/,
  ],
  [
    'a counter file that is too short',
    () => ['--stats', image.replace('life.cfs', 'tiny'), image, lab.folder],
    1,
    /^cfs-fuse: stats: .*tiny: Invalid argument\n$/,
  ],
  [
    'an unknown option',
    () => ['--nonsense', image, lab.folder],
    2,
    /^cfs-fuse: unknown option '--nonsense'; see cfs-fuse --help\n$/,
  ],
  [
    'an unknown option with a newline',
    () => ['--no\nsense', image, lab.folder],
    2,
    /^cfs-fuse: unknown option '--no\\x0asense'; see cfs-fuse --help\n$/,
  ],
  ['a command line without mount point', () => [image], 2, /^cfs-fuse: IMAGE and MOUNTPOINT are needed/],
  [
    'a descriptor that is not a number',
    () => ['--ready-fd', '3x', image, lab.folder],
    2,
    /--ready-fd must be the number/,
  ],
] as const)
  test(`${name} is refused with a message`, { skip }, () => {
    lab.file('tiny', 'x');
    const ran = spawnSync(sanitized(), words(), { encoding: 'utf8', timeout: LIMIT_MS });
    assert.match(ran.stderr, sentence);
    assert.equal(ran.status, code);
  });

test('--help lists every option, --version prints the version, --check counts the entries of a valid image', {
  skip: notRoot || noCompiler,
}, () => {
  const say = (...words: string[]): string => spawnSync(sanitized(), words, { encoding: 'utf8' }).stdout;
  for (const option of ['objects', 'ready-fd', 'stats', 'log', 'check', 'help', 'version'])
    assert.ok(say('--help').includes(`--${option} `), option);
  assert.match(say('--version'), /^cfs-fuse \d+\.\d+\.\d+\n$/);
  assert.equal(say('--check', image), `${image} is sound: 3 entries, 1 directories\n`);
  const named = lab.file('li\nfe.cfs', readFileSync(image));
  assert.equal(say('--check', named), `${named.replace('\n', '\\x0a')} is sound: 3 entries, 1 directories\n`);
});
