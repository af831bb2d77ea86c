import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArmRows, CountSubject } from '../../../results/gate/exact-rows.ts';
import { startCountCheck } from '../../../results/pool/count-check.ts';
import type { MachineRuns } from '../../../results/pool/machines.ts';

const place = { scenario: 'churn', params: '', image: 'made', arm: 'unpacked-overlay' };

const rowsOf = (counted: CountSubject, value: number): readonly ArmRows[] => [
  {
    place,
    rows: [
      {
        ...{ place, counted, noise: 'quasi', pass: 'count', fingerprint: {} },
        count: { least: value, most: value, passes: 5 },
      },
    ],
    fingerprintFor: () => ({}),
    passes: 5,
    ledgers: 0,
  },
];

const unequal = (counted: CountSubject, values: readonly number[]): number => {
  const check = startCountCheck();
  for (const [machine, value] of values.entries()) check.add(rowsOf(counted, value), machine);
  const machines = values.map((_, machine): MachineRuns => {
    const name = `machine ${machine}`;
    return { name, kind: 'one', facts: new Map(), runs: [] };
  });
  return check.finish(machines).unequal.length;
};

test('machines may differ by as many allocated bytes as two file systems do, and by no other count', () => {
  const bytes = { kind: 'metric', metric: 'createdDiskBytes', better: 'lower' } as const;
  const allocated = { ...bytes, allocated: true } as const;
  assert.equal(unequal(allocated, [100e6, 100e6 + 4096, 100.9e6]), 0);
  assert.equal(unequal(allocated, [100e6, 100e6 + 4096, 110e6]), 1);
  assert.equal(unequal(bytes, [100e6, 100e6 + 4096]), 1);
});
