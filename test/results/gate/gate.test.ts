import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { explain } from '../../../report/compare/explain.ts';
import { compareText } from '../../../report/compare/text.ts';
import { parseConfig, thresholdOf } from '../../../results/gate/config.ts';
import { arm, base, compared, gated, statuses, where } from './gated.ts';
import { changed, type Given, oneMore, withStatus, withTools } from './support.ts';

test('a run compared with itself is equal, and the gate exits with 0', () => {
  const comparison = compared(base);
  assert.ok(comparison.exact.length > 20);
  assert.deepEqual(
    [...statuses(comparison)].filter((status) => status !== 'unjudged'),
    ['equal'],
  );
  assert.equal(gated(base).exit, 0);
});

test('one call more is red and named with its phase', () => {
  const head = oneMore(base, where);
  const gate = gated(head);
  assert.equal(gate.exit, 2);
  assert.ok(gate.red.length > 0);
  const text = explain(gate.red[0]!, compared(head), head.run);
  assert.match(text, /phase create, tar calls openat/);
  assert.match(text, /\(\+1\)/);
  assert.match(text, /cfsbench run --count-only/);
});

test('one call less is better, never red', () => {
  const gate = gated(base, {}, oneMore(base, where));
  assert.equal(gate.exit, 0);
  assert.ok(statuses(compared(base, oneMore(base, where))).has('better'));
});

test('a call that only the head makes counts as zero in the base', () => {
  const gate = gated(oneMore(base, { ...where, call: 'getppid' }));
  assert.equal(gate.exit, 2);
  assert.match(JSON.stringify(gate.red), /getppid/);
});

test('a count that varies in the base is demoted; one that varies only in the head is red', () => {
  const varying = oneMore(base, where, 'first');
  assert.ok(statuses(compared(base, varying)).has('demoted'));
  assert.equal(gated(base, {}, varying).exit, 0);
  assert.ok(statuses(compared(varying)).has('varies'));
  assert.equal(gated(varying).exit, 2);
});

test('a count that varies beside two passes of the base is not red: they do not show that it is constant', () => {
  const passes = (given: Given, count: number): Given =>
    changed(given, (sample) => (sample.pass === 'count' && sample.block >= count ? null : sample));
  const varying = oneMore(base, where, 'first');
  assert.ok(statuses(compared(varying, passes(base, 2))).has('demoted'));
  assert.equal(gated(varying, {}, passes(base, 2)).exit, 0);
  assert.equal(gated(varying, { strict: true }, passes(base, 2)).exit, 3);
  assert.equal(gated(varying, {}, passes(base, 3)).exit, 2);
});

test('calls that no pass of a side counted have vanished or are new, and are no zeros', () => {
  const uncounted = changed(base, (sample) => {
    if (sample.outcome !== 'ok' || sample.arm !== arm) return sample;
    const { ledger: _, ...rest } = sample;
    return rest;
  });
  const vanished = compared(uncounted).exact.filter(({ status }) => status === 'vanished');
  assert.ok(vanished.length > 0);
  assert.deepEqual(vanished[0]!.because, ['no counting pass of the head has a ledger']);
  assert.ok(!statuses(compared(uncounted)).has('better'));
  assert.equal(gated(uncounted).exit, 2);
  assert.equal(gated(uncounted, { allowMissing: [arm] }).exit, 0);
  assert.ok(statuses(compared(base, uncounted)).has('new'));
  assert.equal(gated(base, {}, uncounted).exit, 0);
});

test('another version of tar makes its counts incomparable, with the reason, and no row red', () => {
  const head = withTools(oneMore(base, where), { tar: 'tar (GNU tar) 9.99' });
  const rows = compared(head).exact.filter(({ status }) => status === 'incomparable');
  assert.ok(rows.length > 0);
  assert.ok(rows.every(({ counted }) => counted?.kind === 'call' && counted.actor === 'tar'));
  assert.match(rows[0]!.because.join(), /^tar: .* in the base, tar \(GNU tar\) 9\.99 in the head$/);
  assert.equal(gated(head).exit, 0);
});

test('a strict gate ends with 3 for counts that cannot be compared, and with 0 where those are equal', () => {
  const otherTar = withTools(base, { tar: 'tar (GNU tar) 9.99' });
  assert.equal(gated(otherTar).exit, 0);
  const strict = gated(otherTar, { strict: true });
  assert.equal(strict.exit, 3);
  assert.equal(strict.why, `${strict.unjudgeable.length} rows undecided or not judgeable`);
  assert.equal(gated(base, { strict: true }).exit, 0);
  const varying = oneMore(base, where, 'first');
  assert.equal(gated(base, { strict: true }, varying).exit, 3);
});

test('a failure names the rows that became worse, too', () => {
  const red = oneMore(base, where);
  assert.equal(gated(red).why, '1 row worse than the base');
  assert.equal(
    gated(withStatus(red, 'out-of-time')).why,
    'the run ran out of time; 1 row worse than the base',
  );
});

test('sums of calls are not compared, because their calls are', () => {
  const metrics = {
    ...base.run.catalogue.metrics,
    createCallCount: { title: 'calls', better: 'lower', noise: 'exact' },
  } as const;
  const withSums = (given: Given, sum: number): Given => ({
    run: { ...given.run, catalogue: { ...given.run.catalogue, metrics } },
    samples: given.samples.map((sample) =>
      sample.outcome === 'ok' ? { ...sample, values: { ...sample.values, createCallCount: sum } } : sample,
    ),
  });
  assert.equal(gated(withSums(base, 8), {}, withSums(base, 7)).exit, 0);
});

test('calls that resolve a path are compared only between paths of equally many names', () => {
  const resolving = { ...where, call: 'readlink' };
  const at = (given: Given, slotPathNames?: number): Given => ({
    ...given,
    run: {
      ...given.run,
      environment: { ...given.run.environment, ...(slotPathNames === undefined ? {} : { slotPathNames }) },
    },
  });
  const [one, two] = [oneMore(base, resolving), oneMore(oneMore(base, resolving), resolving)];
  assert.equal(gated(two, {}, one).exit, 2);
  assert.equal(gated(at(two, 7), {}, at(one, 7)).exit, 2);
  assert.equal(gated(at(two, 7), {}, at(one, 6)).exit, 0);
  assert.equal(
    gated(at(oneMore(base, where), 7), {}, at(base, 6)).exit,
    2,
    'other calls do not depend on it',
  );
});

test('a missing arm is red unless --allow-missing names it', () => {
  const head = changed(base, (sample) => (sample.arm === arm ? null : sample));
  const gate = gated(head);
  assert.equal(gate.exit, 2);
  assert.match(explain(gate.red[0]!, compared(head), head.run), /--allow-missing unpacked-overlay/);
  assert.equal(gated(head, { allowMissing: [arm] }).exit, 0);
  assert.equal(gated(head, { allowMissing: [`*/debian-12-static/${arm}`] }).exit, 0);
  assert.equal(gated(head, { allowMissing: ['composefs-fuse'] }).exit, 2);
  assert.throws(() => gated(head, { allowMissing: ['a/b'] }), /may be missing/);
});

test('a new arm is listed and not judged', () => {
  const less = changed(base, (sample) => (sample.arm === arm ? null : sample));
  assert.ok(statuses(compared(base, less)).has('new'));
  assert.equal(gated(base, {}, less).exit, 0);
});

test('a row that an incomplete base lacks cannot be judged, which only --strict fails', () => {
  const less = changed(base, (sample) => (sample.arm === arm ? null : sample));
  assert.equal(gated(base, { strict: true }, less).exit, 0, 'the base is complete');
  const killed = withStatus(less, 'running');
  assert.equal(gated(base, {}, killed).exit, 0);
  const strict = gated(base, { strict: true }, killed);
  assert.equal(strict.exit, 3);
  assert.ok(strict.unjudgeable.every(({ status }) => status === 'new'));
  assert.deepEqual(strict.unjudgeable[0]!.because, ['the base is not complete: running']);
  const failing = changed(base, (sample) =>
    sample.arm === arm
      ? ({ ...sample, outcome: 'failed', phase: 'use', code: 'x', message: 'broken' } as typeof sample)
      : sample,
  );
  const beside = gated(base, { strict: true }, failing);
  assert.equal(beside.exit, 3);
  assert.deepEqual(beside.unjudgeable[0]!.because, ['failed in the base: use: broken']);
});

describe('the exit code is the first that applies', () => {
  const red = oneMore(base, where);
  const failing = changed(red, (sample) =>
    sample.seq === red.samples.at(-1)!.seq
      ? ({ ...sample, outcome: 'failed', phase: 'use', code: 'x', message: 'broken' } as typeof sample)
      : sample,
  );
  const nothing = { ...base, samples: [] };
  for (const [name, given, exit] of [
    ['interrupted', withStatus(failing, 'interrupted'), 130],
    ['killed', withStatus(failing, 'running'), 130],
    ['a slot failed, and out of time', withStatus(failing, 'out-of-time'), 5],
    ['the run could not continue', withStatus(red, 'failed'), 5],
    ['out of time', withStatus(red, 'out-of-time'), 124],
    ['nothing was measured', nothing, 6],
    ['worse', red, 2],
    ['nothing worse', base, 0],
  ] as const)
    test(`${name}: ${exit}`, () => assert.equal(gated(given).exit, exit));
});

test('latencies of two runs are shown and never red', () => {
  const slow = changed(base, (sample) =>
    sample.outcome === 'ok' && sample.pass === 'time' && sample.arm === 'composefs-fuse'
      ? { ...sample, values: Object.fromEntries(Object.entries(sample.values).map(([k, v]) => [k, v * 5])) }
      : sample,
  );
  const comparison = compared(slow);
  assert.ok(comparison.latencies.rows.every(({ judged }) => judged === 'shown'));
  assert.equal(gated(slow).exit, 0);
});

test('only differences between the machines are listed', () => {
  assert.deepEqual(compared(base).environment, []);
  const head = withTools(base, { tar: 'tar 2' });
  assert.equal(compared(head).environment.length, 1);
  assert.match(compared(head).environment[0]!, /^tools\.tar: .* -> tar 2$/);
});

test('one counting pass is compared, with a notice that constancy was not checked', () => {
  const one = changed(oneMore(base, where), (sample) =>
    sample.pass === 'count' && sample.block > 0 ? null : sample,
  );
  assert.equal(gated(one).exit, 2);
  assert.match(compared(one).notices.join('\n'), /^head: 1 counting pass: /m);
});

test('the text fits 80 columns of printable ASCII, hostile names included', () => {
  const head = oneMore(base, { ...where, call: '\u202etxt\u001b[31m<b>' });
  for (const explained of [false, true]) {
    const text = compareText(compared(head), {
      columns: 80,
      explain: explained,
      gate: gated(head),
      isGated: true,
      run: head.run,
    });
    assert.match(text, /^[\n\x20-\x7e]*$/);
    assert.match(text, /\\u\{202e\}/);
    assert.deepEqual(
      text.split('\n').filter((line) => line.length > 80),
      [],
    );
  }
});

test('a rule of a metric overrides one of its scenario, and that the one for everything', () => {
  const config = {
    gate: false,
    scenarios: { churn: { gate: true } },
    metrics: { mountWallNs: { gate: true }, createWallNs: { gate: false } },
  };
  const gates = (scenario: string, metric: string): boolean => thresholdOf(config, scenario, metric).gate;
  assert.deepEqual(
    [
      gates('walk-cold', 'useWallNs'),
      gates('churn', 'useWallNs'),
      gates('walk-cold', 'mountWallNs'),
      gates('churn', 'createWallNs'),
    ],
    [false, true, true, false],
  );
});

test('a configuration with a mistake is refused, with the key and what is allowed', () => {
  assert.deepEqual(parseConfig('{"delta": 0.1}', 'f'), { delta: 0.1 });
  for (const [text, message] of [
    ['{', 'f: not JSON'],
    ['[]', 'f: must be an object'],
    ['{"detla": 1}', 'f: detla is not a known key'],
    ['{"delta": 5}', 'f: delta must be less than 1'],
    ['{"delta": 0}', 'f: delta must be more than 0'],
    ['{"metrics": {"mountWallNs": {"gate": 1}}}', 'f: metrics.mountWallNs.gate must be true or false'],
    ['{"allowMissing": "x"}', 'f: allowMissing must be an array'],
  ] as const)
    assert.throws(() => parseConfig(text, 'f'), { message, code: 'bad-config' });
});
