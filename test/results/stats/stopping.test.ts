// Simulates the stopping rule with the looks, interval, zone and verdict of a run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksForRows, GATE_ALPHA, isDecided, LOOKS, looksWithin } from '../../../results/compare/looks.ts';
import { judge, type Verdict, zoneOf } from '../../../results/compare/verdict.ts';
import { alphaAtLook } from '../../../results/compare/worse.ts';
import { ratioInterval } from '../../../results/stats/log-ratio.ts';
import { CONFIDENCE, LOOK_CONFIDENCE, medianInterval } from '../../../results/stats/median.ts';
import type { Uniform } from '../../../results/stats/seeded.ts';
import { signTestAbove } from '../../../results/stats/sign-test.ts';
import { normal, shareOf, uniform } from './draws.ts';

const DELTA = 0.05;
const RUNS = 2500;
const ZONE = zoneOf(DELTA, 0, 1);

interface Machine {
  readonly noise: number;
  readonly random: Uniform;
}

/** The time of one slot: noise, 5 % stalls, and a drift that is common to the block. */
const slotTime = ({ noise, random }: Machine, effect: number, drift: number): number =>
  Math.exp(drift + noise * normal(random) + (random() < 0.05 ? Math.abs(normal(random)) * 0.3 : 0)) * effect;

/** Measures blocks up to the first look with a decided verdict. */
const verdictOf = (machine: Machine, effect: number): { readonly verdict: Verdict; readonly n: number } => {
  const [logs, nulls]: [number[], number[]] = [[], []];
  let verdict: Verdict = 'tooFew';
  for (const look of LOOKS) {
    while (logs.length < look) {
      const drift = 0.01 * logs.length;
      const base = slotTime(machine, 1, drift);
      logs.push(Math.log(slotTime(machine, effect, drift) / base));
      nulls.push(Math.log(slotTime(machine, 1, drift) / base));
    }
    const nullRatio = ratioInterval(nulls, LOOK_CONFIDENCE);
    const nullCenter = nullRatio.kind === 'interval' ? nullRatio.center : null;
    verdict = judge(ratioInterval(logs, LOOK_CONFIDENCE), ZONE, 'lower', nullCenter);
    if (isDecided(verdict)) break;
  }
  return { verdict, n: logs.length };
};

const shareSlower = (noise: number, effect: number, seed: number, runs = RUNS): number => {
  const machine = { noise, random: uniform(seed) };
  return shareOf(runs, () => verdictOf(machine, effect).verdict === 'slower');
};

for (const noise of [0.01, 0.03, 0.1])
  test(`no effect, noise ${noise}: a difference in at most 0.5 % of runs`, (t) => {
    const machine = { noise, random: uniform(1) };
    const share = shareOf(RUNS, () => ['slower', 'faster'].includes(verdictOf(machine, 1).verdict));
    t.diagnostic(`${(100 * share).toFixed(2)} %`);
    assert.ok(share <= 0.005, `${share}`);
  });

for (const noise of [0.01, 0.03, 0.1])
  test(`an effect of exactly the threshold, noise ${noise}: called slower in at most 2.5 % of runs`, (t) => {
    const share = shareSlower(noise, 1 + DELTA, 2);
    t.diagnostic(`${(100 * share).toFixed(2)} %`);
    assert.ok(share <= 0.025, `${share}`);
  });

test('an effect of twice the threshold is found; without noise at the first look', (t) => {
  const shares = [0.01, 0.03].map((noise) => shareSlower(noise, 1 + 2 * DELTA, 3, 600));
  t.diagnostic(shares.map((share) => `${(100 * share).toFixed(1)} %`).join(', '));
  assert.ok(shares[0]! >= 0.97 && shares[1]! >= 0.8, shares.join());
  assert.equal(verdictOf({ noise: 0.001, random: () => 0.5 }, 1.1).n, LOOKS[0]);
});

test('looking after every block would call an effect of exactly the threshold slower in more than 3.5 % of runs', (t) => {
  const machine = { noise: 0.03, random: uniform(6) };
  const greedy = shareOf(600, () => {
    const logs: number[] = [];
    while (logs.length < LOOKS.at(-1)!) {
      logs.push(Math.log(slotTime(machine, 1 + DELTA, 0) / slotTime(machine, 1, 0)));
      if (logs.length < LOOKS[0]!) continue;
      const verdict = judge(ratioInterval(logs, 0.95), ZONE, 'lower', null);
      if (isDecided(verdict)) return verdict === 'slower';
    }
    return false;
  });
  t.diagnostic(`${(100 * greedy).toFixed(1)} %`);
  assert.ok(greedy > 0.035, `${greedy}`);
});

test('a slow drift makes two like arms differ when they are measured one after the other, and not when they are interleaved', (t) => {
  const machine = { noise: 0.01, random: uniform(7) };
  const drifted = (i: number): number => slotTime(machine, 1, 0.0006 * i);
  const inRow = shareOf(400, () => {
    const times = Array.from({ length: 40 }, (_, i) => drifted(i));
    const [first, second] = [times.slice(0, 20), times.slice(20)].map((half) =>
      medianInterval(half, CONFIDENCE),
    );
    assert.ok(first?.kind === 'interval' && second?.kind === 'interval');
    return first.hi < second.lo || second.hi < first.lo;
  });
  const paired = shareOf(400, () => {
    const logs = Array.from({ length: 20 }, (_, i) => {
      const [first, second] = [drifted(2 * i), drifted(2 * i + 1)];
      return machine.random() < 0.5 ? Math.log(first / second) : Math.log(second / first);
    });
    const verdict = judge(ratioInterval(logs, LOOK_CONFIDENCE), zoneOf(0.02, 0, 1), 'lower', null);
    return verdict === 'slower' || verdict === 'faster';
  });
  t.diagnostic(`in a row ${(100 * inRow).toFixed(0)} %, interleaved ${(100 * paired).toFixed(1)} %`);
  assert.ok(inRow > 0.3 && paired <= 0.01);
});

/** Probability that a row at exactly the threshold is red at one of the looks, where it must pass the p of that look. Exact. */
const redShare = (looks: readonly number[], pAt: (look: number) => number): number => {
  let walks = new Map([[0, 1]]);
  let [n, red] = [0, 0];
  for (const look of looks) {
    for (; n < look; n++) {
      const next = new Map<number, number>();
      for (const [above, share] of walks)
        for (const to of [above, above + 1]) next.set(to, (next.get(to) ?? 0) + share / 2);
      walks = next;
    }
    for (const [above, share] of walks) {
      const p = signTestAbove(
        Array.from({ length: look }, (_, i) => (i < above ? 1 : -1)),
        0,
      );
      if (p > pAt(look)) continue;
      red += share;
      walks.delete(above);
    }
  }
  return red;
};

test('a gate over many rows at exactly the threshold is red in at most 3.1 % of runs, over all looks', (t) => {
  const intervalP = (1 - LOOK_CONFIDENCE) / 2;
  for (const most of [12, 24, 48]) {
    const shares = Array.from({ length: 100 }, (_, i) => {
      const rowCount = i + 1;
      const fewest = LOOKS.find((look) => look >= blocksForRows(rowCount))!;
      const looks = looksWithin(fewest, Math.max(fewest, most));
      const early = alphaAtLook(rowCount, looks.length);
      const share = redShare(looks, (look) =>
        Math.min(intervalP, look === looks.at(-1) ? GATE_ALPHA / rowCount : early),
      );
      return 1 - (1 - share) ** rowCount;
    });
    const worst = Math.max(...shares);
    t.diagnostic(
      `up to ${most} blocks: ${(100 * worst).toFixed(2)} % with ${1 + shares.indexOf(worst)} rows`,
    );
    assert.ok(worst <= 0.031, `${worst}`);
  }
});
