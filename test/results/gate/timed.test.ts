// Counts that only timed passes have: compared as those of counting passes are.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { explain } from '../../../report/compare/explain.ts';
import { type Comparison, compareRuns } from '../../../results/gate/compare.ts';
import { type Gate, gateOf } from '../../../results/gate/gate.ts';
import type { Values } from '../../../results/schema/shared.ts';
import { changed, example, type Given, loaded } from './support.ts';

const base = example({ images: ['debian-12-static'] });

const compared = (head: Given, to: Given): Comparison => compareRuns(loaded(to), loaded(head));

const gated = (head: Given, to: Given): Gate =>
  gateOf(compared(head, to), loaded(head), { strict: false, allowMissing: [] });

describe('exact metrics of scenarios that are only timed', () => {
  const metrics = {
    ...base.run.catalogue.metrics,
    readAllBytes: { title: 'bytes of all files', better: 'lower', noise: 'exact' },
    discardCount: { title: 'discard', better: 'lower', noise: 'exact', judged: false },
  } as const;
  const timed = (values: Values): Given => {
    const { run, samples } = changed(base, (sample) => {
      if (sample.scenario !== 'walk-cold' || sample.outcome !== 'ok') return sample;
      return sample.pass === 'count' ? null : { ...sample, values: { ...sample.values, ...values } };
    });
    return { run: { ...run, catalogue: { ...run.catalogue, metrics } }, samples };
  };
  const given = timed({ readAllBytes: 4096, discardCount: 0 });
  const redOf = (head: Given): Gate => gated(head, given);

  test('one byte more is worse, and no advice is to count it', () => {
    const head = timed({ readAllBytes: 4097, discardCount: 0 });
    const gate = redOf(head);
    assert.equal(gate.exit, 2);
    assert.equal(gate.red.length, 3, 'three arms, and not the null arm');
    const text = explain(gate.red[0]!, compared(head, given), head.run);
    assert.match(text, /readAllBytes/);
    assert.doesNotMatch(text, /--count-only/);
  });

  test('equal values are equal; facts of the machine, and a run that is only counted, are not compared', () => {
    assert.equal(redOf(given).exit, 0);
    assert.equal(redOf(timed({ readAllBytes: 4096, discardCount: 1 })).exit, 0);
    const onlyCounted = changed(given, (sample) => (sample.pass === 'time' ? null : sample));
    assert.equal(redOf(onlyCounted).exit, 0);
  });

  test('a metric that one side counted and the other only timed is incomparable', () => {
    const both = changed({ ...base, run: given.run }, (sample) =>
      sample.outcome === 'ok' && sample.scenario === 'walk-cold'
        ? { ...sample, values: { ...sample.values, readAllBytes: 4097 } }
        : sample,
    );
    const rows = compared(both, given).exact.filter(
      ({ counted }) => counted?.kind === 'metric' && counted.metric === 'readAllBytes',
    );
    assert.deepEqual(new Set(rows.map(({ status }) => status)), new Set(['incomparable']));
  });
});
