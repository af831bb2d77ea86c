// A short run from the command line to the page, and its results.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import { lostByOthers, vmstat } from '../neighbours.ts';
import {
  diskFolder,
  FEW_BLOCKS,
  leftOf,
  type OkSample,
  okSamples,
  program,
  readRun,
  readSamples,
  runFewBlocks,
} from './support.ts';

const BACKENDS = ['composefs-fuse', 'erofs-overlay', 'unpacked-overlay'];
const ARMS = [...BACKENDS, 'null'];
const BLOCKS = 8;
const COUNT_PASSES = 3;
/** Scenarios with their parameters `local` and `ingest`. */
const GROUPS = [
  'churn files',
  'churn image',
  'churn nothing, digested',
  'churn nothing, trusted',
  'walk-cold',
  'walk-warm',
];
/** The timing pass alone: its calls are those of trusted contents. */
const NOT_COUNTED = 'churn nothing, digested';
/** The phases with local=image. */
const MOUNT_VALUES = ['mountWallNs', 'unmountWallNs', 'settleWallNs'];
const RUN = [
  'run',
  '--backends',
  'headline',
  '--placement',
  'free',
  '--budget',
  '9m',
  '--scenarios',
  'churn,walk-warm,walk-cold',
  '--images',
  'synthetic:files=150,layers=2,seed=1',
  '--blocks',
  String(BLOCKS),
];
const CHURN_VALUES = [
  'ingestWallNs',
  'createWallNs',
  'mountWallNs',
  'unmountWallNs',
  'settleWallNs',
  'destroyWallNs',
  'collectWallNs',
];
const LEFT_VALUES = ['leftMountCount', 'leftLoopCount', 'leftProcessCount', 'leftFileCount'];

const groupOf = ({ scenario, params }: Pick<OkSample, 'scenario' | 'params'>): string => {
  const { local, ingest } = params;
  return [[scenario, local].filter(Boolean).join(' '), ingest].filter(Boolean).join(', ');
};

/** The slots of the first blocks in the order of the journal. */
const orderOf = (folder: string): string[] =>
  readSamples(folder)
    .filter(({ block }) => block < FEW_BLOCKS)
    .map(
      ({ seq, block, order, pass, scenario, arm, params }) =>
        `${seq} ${block} ${order} ${pass} ${arm} ${groupOf({ scenario, params })}`,
    );

test('a short run as root', { skip: needsRoot }, async (suite) => {
  const home = diskFolder(suite);
  const out = join(home, 'results');
  const before = vmstat();
  const finished = await program(suite, [...RUN, '--seed', 'again', '--out', out]);
  const after = vmstat();
  const samples: readonly OkSample[] = existsSync(join(out, 'samples.ndjson')) ? okSamples(out) : [];
  const isLost = lostByOthers(
    before,
    after,
    samples.filter(({ scenario }) => scenario === 'walk-cold').length,
  );
  const timed = (group: string, arm: string): OkSample[] =>
    samples.filter((one) => one.pass === 'time' && groupOf(one) === group && one.arm === arm);
  const counted = (group: string, arm: string): OkSample[] =>
    samples.filter((one) => one.pass === 'count' && groupOf(one) === group && one.arm === arm);

  await suite.test('ends with exit code 0, prints the table and writes every result file', () => {
    assert.equal(finished.code, 0, finished.stderr);
    for (const name of ['run.json', 'samples.ndjson', 'samples.csv', 'report.html'])
      assert.ok(statSync(join(out, name)).size > 0, name);
    for (const backend of BACKENDS) assert.match(finished.stdout, new RegExp(backend.replace('-', '-\\s*')));
    assert.equal(readRun(out).status, 'complete');
  });

  await suite.test('records for every arm its mounts as the kernel lists them, inodes and digests', () => {
    const { fairness = [], images } = readRun(out);
    assert.deepEqual(fairness.map(({ arm }) => arm).sort(), BACKENDS);
    for (const given of fairness) {
      const fuse = given.arm === 'composefs-fuse';
      assert.match(given.mounts.join(), fuse ? /^fuse\.cfs-fuse ro,/ : /^overlay ro,/, given.arm);
      const hasManifest = given.arm !== 'unpacked-overlay';
      assert.equal(given.manifestBytes, hasManifest ? images[0]!.manifestBytes : null, given.arm);
      const { inodeCount, compactInodeCount, extendedInodeCount } = given;
      if (hasManifest) assert.equal(inodeCount, (compactInodeCount ?? 0) + (extendedInodeCount ?? 0));
      else assert.deepEqual([inodeCount, compactInodeCount, extendedInodeCount], [null, null, null]);
    }
    assert.match(fairness.find(({ arm }) => arm === 'erofs-overlay')!.mounts.join(), /metacopy=on/);
  });

  await suite.test('leaves no mount, loop device, process or file besides the results', () => {
    assert.deepEqual(leftOf(home), []);
    assert.deepEqual(readdirSync(home), ['results']);
    assert.deepEqual(readdirSync(out).sort(), [
      'private.json',
      'report.html',
      'run.json',
      'samples.csv',
      'samples.ndjson',
    ]);
  });

  await suite.test('measures every arm and the null arm in complete blocks of every group', () => {
    assert.deepEqual([...new Set(samples.map(groupOf))].sort(), GROUPS);
    for (const group of GROUPS) {
      for (const arm of ARMS)
        assert.deepEqual(
          timed(group, arm).map((one) => one.block),
          [...Array(BLOCKS).keys()],
          `${group} ${arm}`,
        );
      for (const arm of BACKENDS)
        assert.equal(counted(group, arm).length, group === NOT_COUNTED ? 0 : COUNT_PASSES, `${group} ${arm}`);
    }
    assert.equal(samples.length, readSamples(out).length, 'every slot is ok');
  });

  await suite.test('has the values of its scenario and a leak count of zero in every timed sample', () => {
    for (const one of samples.filter(({ pass }) => pass === 'time')) {
      const ofChurn = one.params['local'] === 'image' ? MOUNT_VALUES : CHURN_VALUES;
      const wanted = one.scenario === 'churn' ? ofChurn : ['walkWallNs'];
      for (const name of wanted) assert.ok(one.values[name]! > 0, `${one.scenario} ${one.arm} ${name}`);
      assert.equal('commandStartWallNs' in one.values, one.scenario === 'churn', one.scenario);
      for (const name of LEFT_VALUES) assert.equal(one.values[name], 0, `${one.arm} ${name}`);
    }
  });

  await suite.test('counts the same calls of commands, server and harness in every pass', (t) => {
    const exact: [group: string, arm: string, phases: readonly string[], actors: readonly string[]][] = [
      ['churn nothing, trusted', 'unpacked-overlay', ['create', 'destroy'], ['tar', 'rm']],
      ['churn nothing, trusted', 'composefs-fuse', ['mount', 'use', 'unmount', 'settle'], ['cfs-fuse']],
      ['walk-warm', 'composefs-fuse', ['use'], ['cfs-fuse']],
      ['churn nothing, trusted', 'erofs-overlay', ['create', 'mount', 'unmount', 'destroy'], ['harness']],
      ['churn files', 'erofs-overlay', ['create', 'mount', 'unmount', 'destroy'], ['harness']],
      ['churn files', 'unpacked-overlay', ['create', 'destroy'], ['tar', 'rm']],
      ['churn image', 'erofs-overlay', ['mount', 'unmount'], ['harness']],
    ];
    for (const [group, arm, phases, actors] of exact) {
      const ledgers = counted(group, arm).map(({ ledger }) =>
        phases.map((phase) => actors.map((actor) => ledger?.[phase as 'mount']?.[actor])),
      );
      assert.equal(ledgers.length, COUNT_PASSES);
      assert.ok(
        ledgers[0]!.flat().some((calls) => calls !== undefined),
        `${group} ${arm} has calls`,
      );
      // A dentry or page that the kernel, or a drop by others, takes from a FUSE mount is requested again.
      if (isLost && actors.includes('cfs-fuse')) t.diagnostic(`caches lost entries: ${group} ${arm}`);
      else for (const other of ledgers.slice(1)) assert.deepEqual(other, ledgers[0], `${group} ${arm}`);
    }
  });

  await suite.test('proves the same tree on every backend', () => {
    const { proofs, images } = readRun(out);
    assert.deepEqual(proofs.map(({ arm }) => arm).sort(), BACKENDS);
    for (const proof of proofs) {
      assert.ok(proof.equal, proof.difference ?? '');
      assert.equal(proof.treeDigest, images[0]?.treeDigest);
    }
  });

  await suite.test('renders to the same bytes again', async (t) => {
    const page = join(out, 'report.html');
    const csv = join(out, 'samples.csv');
    const first = { page: readFileSync(page), csv: readFileSync(csv), table: '' };
    for (const format of ['html', 'csv'])
      assert.equal((await program(t, ['report', out, '--format', format])).code, 0);
    assert.ok(readFileSync(page).equals(first.page));
    assert.ok(readFileSync(csv).equals(first.csv));
    const table = (await program(t, ['report', out])).stdout;
    assert.ok(finished.stdout.startsWith(table), 'the run printed the same table');
  });

  await suite.test(
    'repeats its order with the same seed and has another order with another seed',
    async (t) => {
      const what = ['--backends', 'headline', '--placement', 'free', '--images', 'synthetic:files=20'];
      const few = [...what, '--scenarios', 'walk-warm', '--count-passes', '1'];
      // In parallel: their times do not matter here.
      const orders = await Promise.all(
        (['again', 'again', 'other'] as const).map(async (seed, number) => {
          // Separate parents: work folders are created beside the results.
          const folder = join(home, `order-${number}`, 'results');
          await runFewBlocks(t, [...few, '--seed', seed], folder);
          return orderOf(folder);
        }),
      );
      assert.ok(orders[0]!.length > FEW_BLOCKS * ARMS.length);
      assert.deepEqual(orders[1], orders[0]);
      assert.notDeepEqual(orders[2], orders[0]);
    },
  );
});
