// Counts that are no reason to fail: calls that follow the requests of a kernel, and runs of which nothing could be compared.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { catalogueOf } from '../../../harness/cli/catalogue.ts';
import { probes } from '../../../harness/probes/registry.ts';
import { explain } from '../../../report/compare/explain.ts';
import type { Comparison } from '../../../results/gate/compare.ts';
import type { ExactStatus } from '../../../results/gate/exact.ts';
import { gateOf } from '../../../results/gate/gate.ts';
import type { Metric } from '../../../results/schema/run.ts';
import { scenarios } from '../../../scenarios/registry.ts';
import { base, compared, gated, statuses, where, withEnvironment } from './gated.ts';
import { changed, example, type Given, loaded, oneMore, withTools } from './support.ts';

const serving = { arm: 'composefs-fuse', phase: 'use', actor: 'cfs-fuse', call: 'read' } as const;
const ofServer = (comparison: Comparison): ReadonlySet<ExactStatus> =>
  new Set(
    comparison.exact
      .filter(({ counted }) => counted?.kind === 'call' && counted.actor === 'cfs-fuse')
      .map(({ status }) => status),
  );
describe('calls of a FUSE server', () => {
  const five = example({ images: ['debian-12-static'], countPasses: 5 });

  test('a stray request in one pass is not red', () => {
    assert.equal(gated(oneMore(base, serving, 'first')).exit, 0);
    assert.equal(gated(oneMore(five, serving, 'first'), {}, five).exit, 0);
  });

  test('one more in each of five passes is red, in each of three not judged', () => {
    const gate = gated(oneMore(five, serving), {}, five);
    assert.equal(gate.exit, 2);
    assert.match(
      explain(gate.red[0]!, compared(oneMore(five, serving), five), five.run),
      /^[^.]*\. Kernel, /,
    );
    assert.equal(gated(oneMore(base, serving)).exit, 0);
    assert.equal(gated(oneMore(base, serving), { strict: true }).exit, 3);
  });

  test('another kernel or another ls asks for other things', () => {
    const head = oneMore(five, serving);
    for (const other of [withEnvironment(head, { kernel: '9.9.9' }), withTools(head, { ls: 'ls 9' })]) {
      assert.deepEqual([...ofServer(compared(other, five))], ['incomparable']);
      assert.equal(gated(other, {}, five).exit, 0);
    }
  });

  test('the number of CPUs is a condition where the server starts threads for them', () => {
    const by = (transport: string, cpuCount: number, given = five): Given =>
      changed(withEnvironment(given, { cpuCount }), (sample) =>
        sample.arm === serving.arm && sample.outcome === 'ok'
          ? { ...sample, took: { transport, spin: 'none' } }
          : sample,
      );
    for (const transport of ['threads', 'uring']) {
      const comparison = compared(by(transport, 3, oneMore(five, serving)), by(transport, 4));
      assert.deepEqual([...ofServer(comparison)], ['incomparable']);
    }
    assert.equal(gated(by('read-write', 3, oneMore(five, serving)), {}, by('read-write', 4)).exit, 2);
  });
});

describe('where no row could be compared', () => {
  const elsewhere = withEnvironment(oneMore(base, where), { architecture: 'riscv64' });

  test('the gate ends with 3, also if it is not strict', () => {
    assert.ok(elsewhere.run.environment.architecture !== base.run.environment.architecture);
    assert.deepEqual([...statuses(compared(elsewhere))], ['incomparable']);
    const { exit, why } = gated(elsewhere);
    assert.deepEqual([exit, why], [3, 'no row could be compared']);
  });

  test('two runs without a row of both compare nothing', () => {
    const none = changed(base, () => null);
    const empty = compared(none, none);
    assert.deepEqual(empty.exact, []);
    const head = { ...loaded(none), okCount: 1 };
    const { exit, why } = gateOf(empty, head, { strict: false, allowMissing: [] });
    assert.deepEqual([exit, why], [3, 'no row could be compared']);
  });

  test('without a base there is nothing to compare', () => {
    const head = loaded(elsewhere);
    const options = { strict: false, allowMissing: [], hasNoBase: true };
    assert.equal(gateOf(compared(elsewhere), head, options).exit, 0);
  });

  test('a head that lost its ledgers is worse, although it counted in another way', () => {
    const uncounted = changed(base, (sample) => {
      if (sample.outcome !== 'ok') return sample;
      const { ledger: _, ...rest } = sample;
      return rest;
    });
    const other = { ...uncounted, run: { ...uncounted.run, ledgerSource: 'none' } };
    const calls = compared(other).exact.filter(({ counted }) => counted?.kind === 'call');
    assert.ok(calls.length > 0);
    assert.ok(calls.every(({ status }) => status === 'vanished'));
    assert.deepEqual(calls[0]!.because, ['no counting pass of the head has a ledger']);
    assert.equal(gated(other).exit, 2);
  });
});

describe('bytes that a file system allocated', () => {
  const five = example({ images: ['debian-12-static'], countPasses: 5 });
  const TOTAL = { title: 'bytes on disk', better: 'lower', noise: 'quasi', allocated: true } as const;
  const withDisk = (values: Readonly<Record<string, number>>, info: Metric = TOTAL): Given => {
    const names = Object.keys(values).map((name) => [name, info] as const);
    const metrics = { ...five.run.catalogue.metrics, ...Object.fromEntries(names) };
    const given = { ...five, run: { ...five.run, catalogue: { ...five.run.catalogue, metrics } } };
    return changed(given, (sample) =>
      sample.outcome === 'ok' && sample.pass === 'count' && sample.arm === where.arm
        ? { ...sample, values: { ...sample.values, ...values } }
        : sample,
    );
  };
  const exitOf = (base: number, head: number, metric = 'oddDiskBytes'): number =>
    gated(withDisk({ [metric]: head }), {}, withDisk({ [metric]: base })).exit;

  test('differ between two file systems: up to 1 %, and four blocks of a total, are equal', () => {
    assert.equal(exitOf(100e6, 100e6 + 4096), 0);
    assert.equal(exitOf(100e6, 101e6), 0);
    assert.equal(exitOf(100e6, 101.1e6), 2);
    assert.equal(exitOf(60_000, 60_000 + 16_384), 0);
    assert.equal(exitOf(60_000, 60_000 + 20_480), 2);
    assert.equal(exitOf(5000, 5049, 'oddPerObjectBytes'), 0);
    assert.equal(exitOf(5000, 9000, 'oddPerObjectBytes'), 2);
    const head = withDisk({ oddDiskBytes: 2e6 });
    const from = withDisk({ oddDiskBytes: 1e6 });
    const text = explain(gated(head, {}, from).red[0]!, compared(head, from), head.run);
    assert.match(
      text,
      /oddDiskBytes 1,000,000 -> 2,000,000 .*, by more than two file systems of one kind differ\. /,
    );
  });

  test('are known by either run, and other minima of passes have no tolerance', () => {
    const { allocated: _, ...older } = TOTAL;
    const [base, head] = [{ oddDiskBytes: 100e6 }, { oddDiskBytes: 100e6 + 4096 }];
    assert.equal(gated(withDisk(head), {}, withDisk(base, older)).exit, 0);
    assert.equal(gated(withDisk(head, older), {}, withDisk(base)).exit, 0);
    assert.equal(gated(withDisk(head, older), {}, withDisk(base, older)).exit, 2);
  });
});

test('every metric of allocated bytes says so', () => {
  const { metrics, scenarios: infos } = catalogueOf(backends, scenarios, probes);
  const all = [metrics, ...Object.values(infos).map((info) => info.metrics ?? {})].flatMap((one) =>
    Object.entries(one),
  );
  const said = all.filter(([, { allocated }]) => allocated === true).map(([name]) => name);
  const named = all
    .map(([name]) => name)
    .filter((name) => /disk(PerImage)?Bytes$|^stored.*Bytes$/i.test(name));
  assert.deepEqual([...new Set(said)].sort(), [...new Set([...named, 'sharingRatio'])].sort());
});
