import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPublisher, publishChange, publishSample } from '../../../harness/cli/published.ts';
import { publishedArgument, publishedArguments } from '../../../harness/runner/published-path.ts';
import type { Skipped } from '../../../results/schema/not-measured.ts';
import type { Proof, Sample } from '../../../results/schema/run.ts';

const CWD = '/srv/secret/cfsbench';

test('a published argument has paths below the working directory relative, others by their last name', () => {
  const shown: Readonly<Record<string, string>> = {
    '/srv/secret/cfsbench/runs/x': './runs/x',
    '/srv/secret/other/results': 'results',
    'runs/x': 'runs/x',
    './runs/x': './runs/x',
    '../secret/results/': 'results',
    'a/../../secret': 'a/../../secret',
    '--out=/srv/secret/results': '--out=results',
    'dir:/srv/secret/rootfs,oci:/srv/secret/layout:latest,fixture:debian-12-base':
      'dir:rootfs,oci:layout:latest,fixture:debian-12-base',
    'composefs-fuse@server=/opt/secret/cfs-fuse;transport=threads':
      'composefs-fuse@server=cfs-fuse;transport=threads',
    'synthetic:files=20,layers=2': 'synthetic:files=20,layers=2',
  };
  for (const [argument, published] of Object.entries(shown))
    assert.equal(publishedArgument(argument, CWD), published, argument);
});

test('different arguments stay different', () => {
  const servers = ['/a/one/cfs-fuse', '/b/one/cfs-fuse', '/a/two/cfs-fuse'];
  const arms = servers.map((path) => `composefs-fuse@server=${path}`);
  assert.deepEqual(publishedArguments(arms.slice(1), CWD), [
    'composefs-fuse@server=one/cfs-fuse',
    'composefs-fuse@server=two/cfs-fuse',
  ]);
  assert.deepEqual(
    publishedArguments(arms, CWD),
    ['a/one', 'b/one', 'a/two'].map((folder) => `composefs-fuse@server=${folder}/cfs-fuse`),
  );
  assert.deepEqual(
    publishedArguments([arms[0]!, arms[0]!], CWD),
    Array(2).fill('composefs-fuse@server=cfs-fuse'),
  );
});

const places = {
  cwd: CWD,
  folders: { runDir: '/srv/secret/results', workDir: '/mnt/fast/.cfsbench-work-1' },
  argv: ['run', '--out', '/srv/secret/results', '--images', 'dir:/data/secret/rootfs'],
  home: '/home/anna',
  users: ['anna', 'root', ''],
};

test('paths of a run are replaced by names in all strings and keys; other text stays', () => {
  const publish = openPublisher(places);
  assert.deepEqual(
    publish({
      message: 'command: /srv/secret/cfsbench/build/daemon/cfs-fuse /mnt/fast/.cfsbench-work-1/slots/at',
      facts: [
        'cannot read /data/secret/rootfs/etc/passwd.',
        "'/srv/secret/results'",
        '/srv/secret/results/run.json',
      ],
      'server /home/anna/bin/server': 'at /home/berta/x and /var/home/carla, mounted at /media/anna/disk',
      count: 3,
      kept: [
        '/usr/bin/tar',
        '/dev/loop3',
        '/proc/1/anna2',
        '/srv/secret/results-2',
        '/old/srv/secret/results',
        'anna',
      ],
    }),
    {
      message: 'command: ./build/daemon/cfs-fuse WORK/slots/at',
      facts: ['cannot read rootfs/etc/passwd.', "'RUN'", 'RUN/run.json'],
      'server ~/bin/server': 'at ~/x and ~, mounted at /media/USER/disk',
      count: 3,
      kept: [
        '/usr/bin/tar',
        '/dev/loop3',
        '/proc/1/anna2',
        '/srv/secret/results-2',
        '/old/srv/secret/results',
        'anna',
      ],
    },
  );
});

test('paths with special characters of JSON or regular expressions are replaced, and / is not', () => {
  const odd = '/srv/a "b"\\c (d)+é';
  const publish = openPublisher({
    ...places,
    cwd: '/',
    home: '/',
    folders: { runDir: odd, workDir: `${odd}/.work` },
  });
  assert.deepEqual(publish([`${odd}/run.json`, `${odd}/.work/x`, '/etc']), [
    'RUN/run.json',
    'WORK/x',
    '/etc',
  ]);
});

test('publishing a published value changes nothing', () => {
  const publish = openPublisher(places);
  const once = publish(['/srv/secret/results/x', '/home/anna/y', '/srv/secret/cfsbench/z']);
  assert.deepEqual(publish(once), once);
});

test('a path in an image is no place of this machine', () => {
  const publish = openPublisher(places);
  const inImage = '/home/anna/.profile: mode 644, not 600';
  const proof = { equal: false, treeDigest: 'ab', hidden: ['/home/anna'], difference: inImage };
  const failed = { equal: false, treeDigest: null, difference: 'cannot read /home/anna/x' };
  const skipped = [
    { kind: 'image', image: 'rootfs', need: 'owners', reason: '/home/anna/file: user 1000 is not mapped' },
    { kind: 'arm', arm: 'a', backend: 'a', need: 'image', reason: 'cannot use /home/anna/x' },
    { kind: 'arm', arm: 'a', backend: 'a', need: 'a server', reason: '/home/anna/x: not found' },
  ] satisfies Skipped[];
  const proofs = [proof, failed] as unknown as Proof[];
  assert.deepEqual(publishChange(publish, { proofs, skipped, images: [] }), {
    proofs: [proof, { ...failed, difference: 'cannot read ~/x' }],
    skipped: [
      skipped[0],
      { ...skipped[1], reason: 'cannot use ~/x' },
      { ...skipped[2], reason: '~/x: not found' },
    ],
    images: [],
  });
  const sample = (reason: string) => ({ outcome: 'skipped', need: 'image', reason }) as unknown as Sample;
  const reason = '/home/anna/socket: a tar cannot hold a socket';
  assert.deepEqual(publishSample(publish, sample(reason)), sample(reason));
  assert.deepEqual(publishSample(publish, sample('no /home/anna/x')), sample('no ~/x'));
});
