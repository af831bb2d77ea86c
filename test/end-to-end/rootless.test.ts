// Runs without root: everything that the kernel allows in a user namespace, and a reason for the rest.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { profiles } from '../../harness/cli/profile.ts';
import { findProgram } from '../../harness/sys/spawn.ts';
import { skippedSubject } from '../../results/not-measured.ts';
import { needsOtherUser } from '../harness/sys/support.ts';
import {
  diskFolder,
  endAfterFewBlocks,
  eventually,
  type Finished,
  leftOf,
  okSamples,
  PROGRAM,
  type Running,
  readRun,
  readSamples,
  SEEN_LIMIT_MS,
  start,
  untilNothingLeft,
} from './support.ts';

const NOBODY = 65534;
/** Without timing, where only images and mounts matter. */
const COUNTED = ['--count-only', '--count-passes', '1'];
const HEADLINE = ['--backends', 'headline', '--scenarios', 'churn,walk-warm,walk-cold'];
const RUN = [
  'run',
  '--profile',
  'quick',
  '--budget',
  '5m',
  ...HEADLINE,
  '--images',
  'synthetic:files=40,layers=2,seed=1',
];

interface User {
  /** Owned by an ordinary user with one id. */
  readonly home: string;
  begin(args: readonly string[], before?: readonly string[]): Running;
  run(args: readonly string[], before?: readonly string[]): Promise<Finished>;
}

const ordinaryUser = (t: TestContext): User => {
  const home = diskFolder(t);
  chmodSync(home, 0o755);
  for (const path of [home, join(home, 'tmp')]) {
    mkdirSync(path, { recursive: true });
    chownSync(path, NOBODY, NOBODY);
  }
  const as = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const begin: User['begin'] = (args, before = []) =>
    start(t, [...before, ...as, process.execPath, PROGRAM, ...args], {
      HOME: home,
      TMPDIR: join(home, 'tmp'),
      XDG_STATE_HOME: join(home, 'tmp'),
    });
  return { home, begin, run: (args, before) => begin(args, before).done };
};

/** A FUSE device with this mode in a separate mount namespace: distributions differ in who may open /dev/fuse. */
const fuseDevice = (mode: string): readonly string[] => [
  ...['unshare', '--mount', '--propagation', 'private', 'sh', '-ec'],
  `mount -t tmpfs none /mnt; mknod -m ${mode} /mnt/fuse c 10 229; chmod ${mode} /mnt/fuse
[ ! -e /dev/fuse ] || mount --bind /mnt/fuse /dev/fuse; exec "$@"`,
  'sh',
];
const OPEN_FUSE = fuseDevice('0666');
const CLOSED_FUSE = fuseDevice('0600');

/** Subordinate ids for the user, in a separate mount namespace. */
const SUBORDINATE_IDS = [
  ...['unshare', '--mount', '--propagation', 'private', 'sh', '-ec'],
  `mount -t tmpfs none /mnt; echo ${NOBODY}:100000:65536 > /mnt/ids; chmod 0755 /mnt
for file in /etc/subuid /etc/subgid; do mount --bind /mnt/ids $file; done; exec "$@"`,
  'sh',
];
const noSubordinateIds =
  findProgram('newuidmap') === null || !existsSync('/etc/subuid') || !existsSync('/etc/subgid')
    ? 'needs newuidmap, /etc/subuid and /etc/subgid (uidmap)'
    : false;

test('an ordinary user measures unpacked-overlay, and gets a reason for every skipped backend and scenario', {
  skip: needsOtherUser,
}, async (t) => {
  const { home, run } = ordinaryUser(t);
  const out = join(home, 'results');
  const { code, stderr, stdout } = await run([...RUN, '--out', out], CLOSED_FUSE);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /skipped: erofs-overlay: root in the initial user namespace/);
  assert.match(stderr, /skipped: walk-cold: caches that can be dropped/);
  const { environment, proofs, skipped } = readRun(out);
  assert.equal(environment.privilege, 'user namespace');
  assert.ok(proofs.every((proof) => proof.equal));
  assert.ok(skipped.some((one) => skippedSubject(one) === 'erofs-overlay'));
  assert.match(stdout, /ratio +to unpacked-overlay:/, 'the remaining backend is the baseline');
  assert.ok(okSamples(out).some(({ arm, pass }) => arm === 'unpacked-overlay' && pass === 'time'));
  const mount = stdout.split('\n').find((line) => /^\s+mount /.test(line)) ?? '';
  assert.doesNotMatch(mount, /no calls/, 'uncounted calls are not shown as none');
  assert.deepEqual(leftOf(home), []);
  assert.deepEqual(readdirSync(home).sort(), ['results', 'tmp']);
  assert.deepEqual(readdirSync(join(home, 'tmp')), []);
});

test('composefs-fuse and its variants that the kernel allows show the same tree in a user namespace', {
  skip: needsOtherUser || (existsSync('/dev/fuse') ? false : 'no /dev/fuse'),
}, async (t) => {
  const { home, begin } = ordinaryUser(t);
  const out = join(home, 'results');
  const variants = ['overlay', 'noxattr', 'shared', 'passthrough'].map((name) => `composefs-fuse-${name}`);
  const usual = ['composefs-fuse', 'erofs-overlay', 'unpacked-overlay'];
  const options = ['--backends', [...usual, ...variants].join(','), '--scenarios', 'churn,walk-warm'];
  const { stderr } = await endAfterFewBlocks(begin([...RUN, ...options, '--out', out], OPEN_FUSE), out);
  assert.match(stderr, /skipped: composefs-fuse-passthrough: root in the initial user namespace/);
  const { proofs } = readRun(out);
  for (const proof of proofs) assert.ok(proof.equal, `${proof.arm}: ${proof.difference}`);
  const shown = proofs.map(({ arm }) => arm);
  assert.deepEqual(shown.filter((arm) => !variants.includes(arm)).sort(), [
    'composefs-fuse',
    'unpacked-overlay',
  ]);
  for (const arm of variants.slice(0, 3))
    assert.ok(
      shown.includes(arm) || stderr.includes(`skipped: ${arm}: overlayfs with data-only lowers`),
      arm,
    );
  const samples = readSamples(out);
  assert.deepEqual(
    samples.filter(({ outcome }) => outcome === 'failed'),
    [],
  );
  for (const arm of shown)
    for (const scenario of ['churn', 'walk-warm'])
      assert.ok(
        samples.some((one) => one.arm === arm && one.scenario === scenario && one.pass === 'time'),
        `${scenario} on ${arm}`,
      );
  const layers = samples.find(({ arm }) => arm === 'composefs-fuse-overlay')?.took['layers'];
  assert.ok(layers === undefined || layers === 'user', layers);
  await untilNothingLeft(home);
});

const RICH = `/ 4096 40755 2 0 0 0 0.0 - - -
/fifo 0 10644 1 0 0 0 0.0 - - -
/link 3 120777 1 0 0 0 0.0 big - -
/capable 5 104755 1 0 0 0 1.5 - hello - security.capability=\\x01\\x00\\x00\\x02\\x00\\x20${'\\x00'.repeat(14)}
/plain 5 100644 1 0 0 0 7.123456789 - hello - user.mime=text
`;

/** A folder that only its mapped owner may empty. */
const THEIRS = `/theirs 4096 40755 2 5 5 0 0.0 - - -
/theirs/file 0 100644 1 5 5 0 0.0 - - -
`;

const OUT_OF_REACH: Readonly<Record<string, readonly [line: string, reason: RegExp]>> = {
  device: ['/device 0 20644 1 0 0 259 0.0 - - -', /\/device: making its device node needs root/],
  overlay: [
    '/marked 3 100644 1 0 0 0 0.0 - abc - user.overlay.metacopy=x',
    /\/marked: .*user\.overlay\.metacopy/,
  ],
  trusted: ['/marked 3 100644 1 0 0 0 0.0 - abc - trusted.foo=x', /\/marked: .*trusted\.foo needs root/],
};

test('images that only root can unpack are skipped for unpacked-overlay and shown over FUSE', {
  skip: needsOtherUser || (existsSync('/dev/fuse') ? false : 'no /dev/fuse'),
}, async (t) => {
  const { home, run } = ordinaryUser(t);
  const dump = (name: string, more = ''): string => {
    const path = join(home, `${name}.dump`);
    writeFileSync(path, `${RICH}${more}`);
    return `dump:${path}`;
  };
  const specs = [
    dump('rich'),
    ...Object.entries(OUT_OF_REACH).map(([name, [line]]) => dump(name, `${line}\n`)),
  ];
  const out = join(home, 'results');
  const what = ['--images', specs.join(','), '--scenarios', 'walk-warm', '--budget', '5m'];
  const { code, stderr } = await run(
    ['run', '--profile', 'quick', ...what, ...COUNTED, '--out', out],
    OPEN_FUSE,
  );
  assert.equal(code, 0, stderr);
  const { proofs, skipped } = readRun(out);
  for (const proof of proofs) assert.ok(proof.equal, `${proof.arm} on ${proof.image}: ${proof.difference}`);
  const shown = (arm: string) => proofs.filter((proof) => proof.arm === arm).map(({ image }) => image);
  assert.deepEqual(shown('composefs-fuse'), ['rich', ...Object.keys(OUT_OF_REACH)]);
  assert.deepEqual(shown('unpacked-overlay'), ['rich']);
  for (const [name, [, reason]] of Object.entries(OUT_OF_REACH))
    assert.match(
      skipped.find((one) => skippedSubject(one) === `unpacked-overlay on ${name}`)?.reason ?? '',
      reason,
    );
});

test('an image with an unmapped owner is skipped with its path; without another image the exit code is 4', {
  skip: needsOtherUser,
}, async (t) => {
  const { home, run } = ordinaryUser(t);
  const { code, stderr } = await run([
    ...['run', '--images', 'fixture:debian-12-static', '--out', join(home, 'results')],
  ]);
  assert.equal(code, 4, stderr);
  assert.match(stderr, /debian-12-static: \/\S+: group \d+ is not mapped in this user namespace/);
  assert.match(stderr, /try: .*--images synthetic:/);
  assert.deepEqual(
    readdirSync(home).sort(),
    ['results', 'tmp'].filter((name) => existsSync(join(home, name))),
  );
});

test('with subordinate ids images of other owners are measured, and clean removes their work folders', {
  skip: needsOtherUser || noSubordinateIds,
}, async (t) => {
  const { home, begin, run } = ordinaryUser(t);
  const dump = join(home, 'theirs.dump');
  writeFileSync(dump, `${RICH}${THEIRS}`);
  const options = [
    'run',
    '--profile',
    'quick',
    '--budget',
    '5m',
    '--images',
    `dump:${dump}`,
    '--backends',
    'unpacked-overlay',
  ];
  const out = join(home, 'results');
  const counted = [...options, '--scenarios', 'walk-warm', ...COUNTED, '--out', out];
  const whole = await run(counted, SUBORDINATE_IDS);
  assert.equal(whole.code, 0, whole.stderr);
  assert.ok(readRun(out).proofs.every((proof) => proof.equal));

  const killed = begin([...options, '--scenarios', 'churn', '--out', join(home, 'killed')], SUBORDINATE_IDS);
  await eventually('a sample', SEEN_LIMIT_MS, () => {
    const journal = join(home, 'killed', 'samples.ndjson');
    return existsSync(journal) && statSync(journal).size > 0;
  });
  killed.child.kill('SIGKILL');
  await eventually('everything gone', SEEN_LIMIT_MS, () => leftOf(home).length === 0);
  assert.ok(readdirSync(home).some((name) => name.startsWith('.cfsbench-work-')));
  const cleaned = await run(['clean', home], SUBORDINATE_IDS);
  assert.match(cleaned.stdout, /^removed: /, cleaned.stderr);
  assert.deepEqual(readdirSync(home).sort(), ['killed', 'results', 'theirs.dump', 'tmp']);
});

test('a profile whose images cannot be mounted here runs with a substitute', {
  skip: needsOtherUser,
}, async (t) => {
  const { home, run } = ordinaryUser(t);
  const out = join(home, 'results');
  const what = ['--profile', 'quick', '--scenarios', 'walk-warm', '--budget', '5m'];
  const { code, stderr } = await run(['run', ...what, ...COUNTED, '--out', out]);
  assert.equal(code, 0, stderr);
  const { images, skipped } = readRun(out);
  assert.deepEqual(
    images.map(({ contents }) => contents),
    ['synthetic'],
  );
  const [image = ''] = profiles.find(({ id }) => id === 'quick')!.images;
  assert.ok(
    skipped.some((one) => `fixture:${skippedSubject(one)}` === image && one.reason.includes('not mapped')),
  );
});

test('doctor names for an ordinary user the backends that cannot run, and why', {
  skip: needsOtherUser,
}, async (t) => {
  const { home, run } = ordinaryUser(t);
  const { code, stdout } = await run(['doctor', '--work', home]);
  assert.equal(code, 0);
  const [, users = ''] =
    /\n {2}root in the initial user namespace: [\s\S]*?\n {4}for: ([\s\S]*?)\n {4}do: +run as root/.exec(
      stdout,
    ) ?? [];
  assert.match(users, /\berofs-overlay\b/);
  assert.doesNotMatch(users, /\bunpacked-overlay,/);
  assert.deepEqual(readdirSync(home), ['tmp'], 'doctor leaves no files');
});
