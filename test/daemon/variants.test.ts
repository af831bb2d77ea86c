// Variants of the server: attribute names by image, contents by passthrough, fewer capabilities.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { bind, errnoName, lastErrno } from '../../harness/sys/libc.ts';
import { residency } from '../../harness/sys/residency.ts';
import { besideNeighbours } from '../neighbours.ts';
import { allTypes, dumpOf, line, root as rootLine } from './dumps.ts';
import { type Lab, newLab, noServer, notRoot, serve, whileServed } from './support.ts';

const skip = notRoot || noServer;
const OBJECT_BYTES = 300_000;
const [LOOKUP, OPEN, READ, GETXATTR] = [1, 14, 15, 22] as const;

let lab: Lab;
before(() => {
  lab = newLab();
  lab.object('ob/ject', 'seven b');
  lab.object('ob/large', 'o'.repeat(OBJECT_BYTES));
});
after(() => lab.remove());

const cGetxattr = bind<(path: string, key: string, into: Uint8Array, size: number) => number>(
  'lgetxattr',
  'str',
  'str',
  'void *',
  'size_t',
);
const errnoOf = (path: string, key: string): string => {
  const value = Buffer.alloc(256);
  const got = cGetxattr(path, key, value, value.length);
  return got < 0 ? errnoName(lastErrno()) : `=${got}`;
};

const counters = (): { readonly path: string; readonly of: (opcode: number) => number } => {
  const path = lab.file('stats', '');
  truncateSync(path, 4096);
  return { path, of: (opcode) => Number(readFileSync(path).readBigUInt64LE(opcode * 8)) };
};

const plain = dumpOf([rootLine, line('/a', '100644'), line('/b', '100644', { content: 'b' })]);
const labelled = dumpOf([
  rootLine,
  line('/a', '100644'),
  line('/b', '100644', { xattrs: 'security.selinux=l user.k=v' }),
]);
const user = dumpOf([rootLine, line('/a', '100644'), line('/b', '100644', { xattrs: 'user.k=v' })]);
const AUTO = ['--xattr', 'auto'];

test('the kernel sends at most two GETXATTR requests for an image without attributes', { skip }, (t) =>
  besideNeighbours(t, 'the caches', async () => {
    const { path, of } = counters();
    await whileServed(
      lab,
      lab.image('plain.cfs', plain),
      async ({ root }) => {
        for (const name of ['a', 'b', 'a'])
          for (const key of ['security.selinux', 'user.k'])
            assert.equal(errnoOf(join(root, name), key), 'EOPNOTSUPP', `${name} ${key}`);
        // The kernel itself reports ENODATA for ACLs.
        assert.equal(errnoOf(join(root, 'a'), 'system.posix_acl_access'), 'ENODATA');
        assert.ok(of(GETXATTR) <= 2, `${of(GETXATTR)} requests`);
      },
      [...AUTO, '--stats', path],
    );
  }),
);

test('names that occur nowhere in the image give EOPNOTSUPP, other absent names ENODATA', {
  skip,
}, async () => {
  await whileServed(
    lab,
    lab.image('user.cfs', user),
    async ({ root }) => {
      assert.equal(errnoOf(join(root, 'a'), 'user.k'), 'ENODATA');
      assert.equal(errnoOf(join(root, 'b'), 'user.k'), '=1');
      assert.equal(errnoOf(join(root, 'a'), 'security.selinux'), 'EOPNOTSUPP');
      assert.equal(errnoOf(join(root, 'a'), 'system.posix_acl_access'), 'EOPNOTSUPP');
      assert.equal(errnoOf(join(root, 'a'), 'security.capability'), 'ENODATA');
    },
    AUTO,
  );
  await whileServed(
    lab,
    lab.image('labelled.cfs', labelled),
    async ({ root }) => {
      assert.equal(errnoOf(join(root, 'a'), 'security.selinux'), 'ENODATA');
      assert.equal(errnoOf(join(root, 'b'), 'security.selinux'), '=1');
      assert.equal(errnoOf(join(root, 'a'), 'system.posix_acl_access'), 'EOPNOTSUPP');
    },
    AUTO,
  );
  await whileServed(
    lab,
    lab.image('types.cfs', allTypes),
    async ({ root }) => {
      assert.equal(errnoOf(join(root, 'fifo'), 'system.posix_acl_access'), 'ENODATA');
      assert.equal(errnoOf(join(root, 'acl'), 'system.posix_acl_access'), '=44');
    },
    AUTO,
  );
});

test('with --xattr no-acl only access control lists are unsupported, and only if the image has none', {
  skip,
}, async () => {
  const NO_ACL = ['--xattr', 'no-acl'];
  const work = async ({ root }: { readonly root: string }): Promise<void> => {
    assert.equal(errnoOf(join(root, 'a'), 'system.posix_acl_access'), 'EOPNOTSUPP');
    assert.equal(errnoOf(join(root, 'a'), 'security.selinux'), 'ENODATA');
    assert.equal(errnoOf(join(root, 'b'), 'security.selinux'), '=1');
  };
  await whileServed(lab, lab.image('labelled.cfs', labelled), work, NO_ACL);
  const withAcl = async ({ root }: { readonly root: string }): Promise<void> => {
    assert.equal(errnoOf(join(root, 'fifo'), 'system.posix_acl_access'), 'ENODATA');
    assert.equal(errnoOf(join(root, 'acl'), 'system.posix_acl_access'), '=44');
  };
  await whileServed(lab, lab.image('types.cfs', allTypes), withAcl, NO_ACL);
});

test('by default the server reports no attribute family as unsupported', { skip }, () =>
  whileServed(lab, lab.image('plain.cfs', plain), async ({ root }) => {
    for (const key of ['security.selinux', 'user.k', 'system.posix_acl_access'])
      assert.equal(errnoOf(join(root, 'a'), key), 'ENODATA', key);
  }),
);

test('the kernel looks up a missing name once', { skip }, (t) =>
  besideNeighbours(t, 'the caches', async () => {
    const { path, of } = counters();
    await whileServed(
      lab,
      lab.image('plain.cfs', plain),
      async ({ root }) => {
        for (let i = 0; i < 5; i++) assert.throws(() => lstatSync(join(root, 'none')), { code: 'ENOENT' });
        assert.equal(of(LOOKUP), 1);
      },
      ['--stats', path],
    );
  }),
);

const withObject = dumpOf([
  rootLine,
  line('/file', '100644', { size: OBJECT_BYTES, payload: 'ob/large' }),
  line('/inline', '100644', { content: 'inside' }),
]);
const cachedPages = (path: string): number => residency(path).residentPages;

test(
  'with passthrough the server reads no objects, and their pages are cached',
  {
    skip,
  },
  (t) =>
    besideNeighbours(t, 'the caches', async () => {
      const { path, of } = counters();
      await whileServed(
        lab,
        lab.image('object.cfs', withObject),
        async ({ root }) => {
          assert.equal(readFileSync(join(root, 'file')).length, OBJECT_BYTES);
          assert.equal(readFileSync(join(root, 'file')).length, OBJECT_BYTES);
          assert.equal(of(OPEN), 2);
          assert.equal(of(READ), 0);
          assert.equal(readFileSync(join(root, 'inline'), 'latin1'), 'inside');
          assert.equal(of(READ), 1);
          assert.ok(cachedPages(join(lab.objects, 'ob/large')) >= OBJECT_BYTES / 4096);
        },
        ['--data', 'passthrough', '--strict', '--stats', path],
      );
    }),
);

test('without passthrough the kernel sends one OPEN, and reads a file once', { skip }, (t) =>
  besideNeighbours(t, 'the caches', async () => {
    const { path, of } = counters();
    await whileServed(
      lab,
      lab.image('object.cfs', withObject),
      async ({ root }) => {
        readFileSync(join(root, 'file'));
        const first = of(READ);
        readFileSync(join(root, 'file'));
        assert.equal(of(OPEN), 1, 'the first OPEN, whose ENOSYS ends them');
        assert.ok(first > 0);
        assert.equal(of(READ), first);
      },
      ['--stats', path],
    );
  }),
);

test('objects on a stacked file system are read by requests, with a log message, or fail with --strict', {
  skip,
}, async () => {
  const [low, top] = [join(lab.folder, 'low'), join(lab.folder, 'top')];
  for (const folder of [low, top]) mkdirSync(folder);
  const options = `ro,lowerdir=${lab.objects}:${low}`;
  assert.equal(spawnSync('mount', ['-t', 'overlay', '-o', options, 'overlay', top]).status, 0);
  const stacked = { ...lab, objects: top };
  try {
    const image = lab.image('object.cfs', withObject);
    const served = await serve(stacked, image, ['--data', 'passthrough']);
    assert.equal(readFileSync(join(served.root, 'file')).length, OBJECT_BYTES);
    assert.equal(await served.close(), 0);
    assert.match(served.log(), /passthrough: the kernel refused an object, which is now read by requests/);
    await whileServed(
      stacked,
      image,
      async ({ root }) => assert.throws(() => readFileSync(join(root, 'file')), { code: 'EIO' }),
      ['--data', 'passthrough', '--strict'],
    );
  } finally {
    spawnSync('umount', [top]);
  }
});

test('a mount is nosuid and nodev, and its server keeps two capabilities and gains none', { skip }, () =>
  whileServed(lab, lab.image('plain.cfs', plain), async ({ root, process: { pid } }) => {
    const mount = readFileSync('/proc/self/mountinfo', 'latin1')
      .split('\n')
      .find((text) => text.includes(` ${root} `));
    assert.match(mount ?? '', / ro,nosuid,nodev/);
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const status = readFileSync(`/proc/${pid}/task/${task}/status`, 'latin1');
      // CAP_SYS_ADMIN is 21, CAP_DAC_READ_SEARCH 2.
      for (const set of ['CapPrm', 'CapEff'])
        assert.match(status, new RegExp(`^${set}:\\s0000000000200004$`, 'm'));
      assert.match(status, /^NoNewPrivs:\s1$/m);
    }
  }),
);

test('with --spin-us auto the server tries both ways to wait, and counts them', { skip }, async () => {
  const [POLLED, SLEPT] = [500, 501];
  const REQUESTS = 1000;
  /** Two trials of two pairs at least, of epochs of 16 requests. */
  const TRIED = 64;
  const stats = counters();
  const options = ['--stats', stats.path, '--spin-us', 'auto'];
  const work = async ({ root }: { readonly root: string }): Promise<void> => {
    for (let i = 0; i < REQUESTS; i++) errnoOf(join(root, 'a'), 'user.absent');
    const [polled, slept] = [stats.of(POLLED), stats.of(SLEPT)];
    assert.ok(polled + slept >= REQUESTS, `${polled} and ${slept} of ${REQUESTS}`);
    // On one CPU the server never polls, and does not try.
    if (availableParallelism() > 1)
      assert.ok(Math.min(polled, slept) >= TRIED, `${polled} polled, ${slept} slept`);
  };
  await whileServed(lab, lab.image('plain.cfs', plain), work, options);
});

test('all threads end with the mount', { skip }, async () => {
  for (const options of [
    ['--transport', 'threads', '--threads', '8'],
    ['--spin-us', '0'],
    ['--spin-us', '1000'],
  ]) {
    const served = await serve(lab, lab.image('plain.cfs', plain), options);
    statSync(join(served.root, 'a'));
    assert.equal(await served.close(), 0, served.log());
  }
});
