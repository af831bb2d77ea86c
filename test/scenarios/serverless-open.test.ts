import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Life, LivesAsked, LivesResult } from '../../harness/model/lives.ts';
import type { Stage, Values } from '../../harness/model/scenario.ts';
import { arrivals, highestRung, livesAt, RATES } from '../../scenarios/ladder.ts';
import { scenario } from '../../scenarios/serverless-open.ts';

test('the highest rung that passes is found with few tries, wherever it is', async () => {
  for (let highest = -1; highest < RATES.length; highest++) {
    const asked: number[] = [];
    const found = await highestRung(async (rung) => {
      asked.push(rung);
      return rung <= highest;
    });
    assert.equal(found, highest);
    assert.equal(new Set(asked).size, asked.length);
    assert.ok(asked.length <= 6, `${asked}`);
  }
});

test('arrivals have the rate, exponential gaps, and depend on the seed alone', () => {
  const due = arrivals(200, 4000, 'a');
  const gaps = due.map((ns, i) => ns - (due[i - 1] ?? 0));
  const mean = due.at(-1)! / due.length;
  assert.ok(Math.abs(mean * 200 - 1e9) < 5e7, `${mean}`);
  // The share of gaps longer than the mean is 1/e.
  const long = gaps.filter((gap) => gap > mean).length / gaps.length;
  assert.ok(Math.abs(long - Math.exp(-1)) < 0.03, `${long}`);
  assert.deepEqual(due, arrivals(200, 4000, 'a'));
  assert.notDeepEqual(due, arrivals(200, 4000, 'b'));
});

test('a rung has enough lives for a p99, as far as its time allows', () => {
  assert.deepEqual([8, 32, 64, 1024].map(livesAt), [20, 80, 100, 1024]);
});

/** Lives of fixed length on two CPUs, as a queue: what the workers would report. `stallNs`: the first life takes so much longer. */
const queued = (serviceNs: number, { dueNs, mostLateNs }: LivesAsked, stallNs = 0): LivesResult => {
  const free = [0, 0];
  const lives: Life[] = [];
  let fellBehind = false;
  for (const [i, due] of dueNs!.entries()) {
    const cpu = free[0]! <= free[1]! ? 0 : 1;
    const begunNs = Math.max(due, free[cpu]!);
    if (begunNs - due > mostLateNs!) {
      fellBehind = true;
      break;
    }
    const use = begunNs + serviceNs + (i === 0 ? stallNs : 0);
    free[cpu] = use;
    const endsNs = { create: use, mount: use, use, unmount: use, settle: use, destroy: use };
    lives.push({ image: 0, worker: cpu, dueNs: due, begunNs, endsNs });
  }
  return {
    ...{ lives, failed: [], fellBehind, cpuNs: 1, mostMounts: 1 },
    ...{ elapsedNs: lives.at(-1)!.endsNs.use, peak: { slabBytes: 0, dirtyBytes: 0 } },
  };
};

const valuesWith = async (live: (asked: LivesAsked) => LivesResult): Promise<Values> => {
  const tree = { count: 1 };
  const stage = {
    image: { source: 'synthetic:files=1', tree },
    others: [],
    slot: { block: 0, params: {} },
    lives: async (asked: LivesAsked) => live(asked),
    histogram() {},
  } as unknown as Stage;
  return scenario.run(stage);
};

test('the sustained rate is below what the machine can do, the rate of falling behind above', async () => {
  // 1.2 ms on two CPUs: 1,667 per second.
  const values = await valuesWith((asked) => queued(1.2e6, asked));
  assert.equal(values['sustained50MsPerSecond'], 1024);
  assert.equal(values['below50MsCount'], 0);
  // At 2,048 per second p99 would be half as long as this limit after a second, and grow.
  assert.equal(values['sustained500MsPerSecond'], 1024);
  assert.equal(values['behindPerSecond'], 2048);
  assert.ok(values['at1024P99Ns']! < 50e6);
});

test('a p99 needs 100 lives: with fewer its value is the longest and has that name', async () => {
  const values = await valuesWith((asked) => queued(1.2e6, asked));
  assert.ok(values['at32MostNs']! >= 1.2e6);
  assert.equal(values['at32P99Ns'], undefined);
  assert.equal(values['at1024MostNs'], undefined);
  for (const name of Object.keys(values)) assert.ok(name in scenario.metrics, name);
  assert.equal('at32P99Ns' in scenario.metrics, false);
});

test('lives that are longer than the limit sustain no rate, and a larger limit some', async () => {
  const values = await valuesWith((asked) => queued(60e6, asked));
  assert.equal(values['sustained50MsPerSecond'], undefined);
  assert.equal(values['below50MsCount'], 1);
  // 33 per second at most.
  assert.ok(values['sustained500MsPerSecond']! >= 8 && values['sustained500MsPerSecond']! <= 32);
});

test('a worker that stands still for 300 ms is seen in p99 of all who waited for it', async () => {
  const values = await valuesWith((asked) => queued(9e6, asked, 300e6));
  // The rate of 128 is 58 % of two CPUs: without the stall it is sustained.
  assert.equal((await valuesWith((asked) => queued(9e6, asked)))['sustained50MsPerSecond'], 128);
  assert.notEqual(values['sustained50MsPerSecond'], 128);
});
