// Counts that are no reason to fail: calls that follow the requests of a kernel, and runs of which nothing could be compared.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { explain } from '../../../report/compare/explain.ts';
import type { Comparison } from '../../../results/gate/compare.ts';
import type { ExactStatus } from '../../../results/gate/exact.ts';
import { gateOf } from '../../../results/gate/gate.ts';
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
