import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FleetRow } from '../../../results/pool/pooled.ts';
import { LOOK_CONFIDENCE } from '../../../results/stats/median.ts';
import { runsInterval } from '../../../results/stats/over-runs.ts';
import { firstBlockOf } from '../../../results/stats/pooled-blocks.ts';
import { normal, uniform } from '../stats/draws.ts';
import { type FleetWorld, namedIn, PLANTED_ARM, simulatedFleet, TRUE_RATIOS } from './simulated-fleet.ts';

const FLEETS = 100;
const QUIET: FleetWorld = { machines: 6, runs: 5, machineSd: 0.01, runSd: 0.02, blockSd: 0.02 };

interface Seen {
  /** Fleets in which machine 0 was named. */
  readonly planted: number;
  /** Fleets in which another machine was named. */
  readonly others: number;
  /** Fleets in which the first row's interval holds the truth. */
  readonly covered: number;
  /** Share of all rows whose interval holds the truth. */
  readonly rowShare: number;
}

const covers = ({ pooled, arm }: FleetRow): boolean => {
  const truth = TRUE_RATIOS[arm as keyof typeof TRUE_RATIOS];
  return pooled.kind === 'interval' && pooled.lo <= truth && truth <= pooled.hi;
};

const simulate = (seed: number, world: FleetWorld, fleets = FLEETS): Seen => {
  const random = uniform(seed);
  let [planted, others, covered, rowCount, rowsCovered] = [0, 0, 0, 0, 0];
  for (let fleet = 0; fleet < fleets; fleet++) {
    const { rows } = simulatedFleet(random, world);
    const named = namedIn(rows);
    if (named.includes(0)) planted++;
    if (named.some((machine) => machine !== 0)) others++;
    const ratios = rows.filter(({ kind }) => kind === 'ratio');
    if (covers(ratios.find(({ arm }) => arm === PLANTED_ARM)!)) covered++;
    rowCount += ratios.length;
    rowsCovered += ratios.filter(covers).length;
  }
  return { planted, others, covered, rowShare: rowsCovered / rowCount };
};

const said = ({ planted, others, covered, rowShare }: Seen): string =>
  `machine 0 named in ${planted}, another in ${others}, truth held in ${covered}; of all rows ${(100 * rowShare).toFixed(2)} %`;

test('a machine with one arm 10 % slower is named in 95 of 100 fleets, and no other in more than 5', (t) => {
  const seen = simulate(1, { ...QUIET, planted: { factor: 1.1, in: 'arm' } });
  t.diagnostic(said(seen));
  assert.ok(seen.planted >= 95, said(seen));
  assert.ok(seen.others <= 5, said(seen));
  assert.ok(seen.covered >= 95, said(seen));
});

test('four machines with four runs each suffice to name the slower one if runs differ by 1 %', (t) => {
  const seen = simulate(2, {
    ...QUIET,
    machines: 4,
    runs: 4,
    runSd: 0.01,
    planted: { factor: 1.1, in: 'arm' },
  });
  t.diagnostic(said(seen));
  assert.ok(seen.planted >= 95 && seen.others <= 5 && seen.covered >= 95, said(seen));
});

test('a machine that is 10 % slower in everything is named by the times of the baseline, not by ratios', () => {
  const { rows } = simulatedFleet(uniform(3), { ...QUIET, planted: { factor: 1.1, in: 'all' } });
  assert.deepEqual(namedIn(rows.filter(({ kind }) => kind === 'level')), [0]);
  assert.deepEqual(namedIn(rows.filter(({ kind }) => kind === 'ratio')), []);
});

test('a machine that takes twice as long makes no other machine look fast', () => {
  const random = uniform(4);
  for (let fleet = 0; fleet < 20; fleet++)
    assert.deepEqual(
      namedIn(simulatedFleet(random, { ...QUIET, machines: 4, planted: { factor: 2, in: 'arm' } }).rows),
      [0],
    );
});

test('without a fault the intervals hold the truth, and a machine is named in at most 5 of 100 fleets', (t) => {
  const worlds: Readonly<Record<string, FleetWorld>> = {
    'machines alike': { ...QUIET, machineSd: 0 },
    'machines that differ by 1 %': QUIET,
    'by 2 %, runs by 6 %': { ...QUIET, machineSd: 0.02, runSd: 0.06 },
    'runs of one of twelve machines that differ eight times as much': { ...QUIET, machines: 12, noisy: 8 },
    'blocks that differ by 15 %': { ...QUIET, blockSd: 0.15 },
    'three machines': { ...QUIET, machines: 3 },
    'twelve machines with one run each': { ...QUIET, machines: 12, runs: 1 },
    'ten machines with two runs each': { ...QUIET, machines: 10, runs: 2 },
  };
  for (const [name, world] of Object.entries(worlds)) {
    const seen = simulate(5, world);
    const accused = seen.planted + seen.others;
    t.diagnostic(`${name}: ${said(seen)}`);
    assert.ok(accused <= 5, `${name}: ${said(seen)}`);
    assert.ok(seen.covered >= 95, `${name}: ${said(seen)}`);
    assert.ok(seen.rowShare >= 0.975, `${name}: ${said(seen)}`);
  }
});

test('of twelve machines with one run each, one that is 20 % slower is named', (t) => {
  const seen = simulate(6, { ...QUIET, machines: 12, runs: 1, planted: { factor: 1.2, in: 'arm' } });
  t.diagnostic(said(seen));
  assert.ok(seen.planted >= 95 && seen.others <= 5, said(seen));
});

test('runs of different machines that are pooled without their machine cover the truth too rarely', (t) => {
  const random = uniform(7);
  const [machines, runs] = [4, 10];
  let [nested, flat] = [0, 0];
  for (let fleet = 0; fleet < FLEETS; fleet++) {
    const [byMachine, byRun] = [new Map<number, number>(), new Map<number, number>()];
    for (let machine = 0; machine < machines; machine++) {
      const ofMachine = 0.05 * normal(random);
      for (let run = 0; run < runs; run++) {
        const value = ofMachine + 0.01 * normal(random);
        byMachine.set(firstBlockOf(run + 1, machine + 1), value);
        byRun.set(firstBlockOf(machine * runs + run + 1), value);
      }
    }
    const holds = (values: ReadonlyMap<number, number>): boolean => {
      const interval = runsInterval(values, LOOK_CONFIDENCE);
      return interval.kind === 'interval' && interval.lo <= 0 && 0 <= interval.hi;
    };
    if (holds(byMachine)) nested++;
    if (holds(byRun)) flat++;
  }
  t.diagnostic(`by machine: holds the truth in ${nested}; by run alone: ${flat} of ${FLEETS}`);
  assert.ok(nested >= 95 && flat <= 80, `${nested} ${flat}`);
});

test('with one machine, or one run for each, the interval is that of the runs', () => {
  const random = uniform(9);
  const values = Array.from({ length: 40 }, () => normal(random));
  const numbered = (place: (run: number) => number): ReadonlyMap<number, number> =>
    new Map(values.map((value, at) => [place(Math.floor(at / 8)) + (at % 8), value]));
  const one = runsInterval(
    numbered((run) => firstBlockOf(run + 1)),
    LOOK_CONFIDENCE,
  );
  assert.deepEqual(
    runsInterval(
      numbered((run) => firstBlockOf(1, run + 1)),
      LOOK_CONFIDENCE,
    ),
    one,
  );
  assert.ok(one.kind === 'interval' && one.machines === undefined && one.runs?.count === 5);
});

test('two machines with one run each are not judged', () => {
  const { rows } = simulatedFleet(uniform(8), {
    ...QUIET,
    machines: 2,
    runs: 1,
    planted: { factor: 3, in: 'arm' },
  });
  assert.ok(rows.length > 0 && rows.every(({ rule }) => rule === 'none'));
  assert.deepEqual(namedIn(rows), []);
});
