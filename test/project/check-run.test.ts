import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { faultsOf } from './check-run.ts';

const BACKENDS = ['composefs-fuse', 'erofs-overlay', 'unpacked-overlay'];

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'cfsbench-check-run-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const run = {
  status: 'complete',
  proofs: BACKENDS.map((arm) => ({ arm, image: 'base', equal: true, difference: null })),
};
const sample = (backend: string, pass: string, parts: object = {}) => ({
  seq: 0,
  scenario: 'churn',
  image: 'base',
  arm: backend,
  backend,
  pass,
  outcome: 'ok',
  values: { createWallNs: 1, leftMountCount: 0 },
  ...parts,
});
const good = [
  ...BACKENDS.flatMap((backend) => [sample(backend, 'time'), sample(backend, 'count')]),
  sample('erofs-overlay', 'time', { arm: 'null' }),
];

const faults = (parts: { run?: object; samples?: readonly object[]; report?: string }): string[] => {
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...run, ...parts.run }));
  const samples = parts.samples ?? good;
  writeFileSync(join(folder, 'samples.ndjson'), samples.map((one) => `${JSON.stringify(one)}\n`).join(''));
  writeFileSync(join(folder, 'report.html'), parts.report ?? ' '.repeat(30_000));
  writeFileSync(join(folder, 'samples.csv'), '');
  return faultsOf(folder);
};

test('a complete run has no faults', () => {
  assert.deepEqual(faults({}), []);
});

const bad: readonly (readonly [title: string, parts: Parameters<typeof faults>[0], fault: RegExp])[] = [
  ['an interrupted run', { run: { status: 'interrupted' } }, /the run is interrupted/],
  [
    'an unequal tree',
    { run: { proofs: [{ ...run.proofs[0], equal: false }] } },
    /composefs-fuse does not show base/,
  ],
  [
    'a missing backend',
    { samples: good.filter(({ backend }) => backend !== BACKENDS[0]) },
    /composefs-fuse: no sample/,
  ],
  ['no counting pass', { samples: good.filter(({ pass }) => pass !== 'count') }, /counting passes/],
  ['no null arm', { samples: good.slice(0, -1) }, /no null arm/],
  [
    'a failed sample',
    {
      samples: [
        ...good,
        sample('erofs-overlay', 'time', { outcome: 'failed', phase: 'mount', code: 'EBUSY', message: 'm' }),
      ],
    },
    /failed: mount: EBUSY: m/,
  ],
  [
    'a leak',
    { samples: [...good, sample('erofs-overlay', 'time', { values: { leftLoopCount: 1 } })] },
    /left something behind: leftLoopCount 1/,
  ],
  ['a small report', { report: 'x' }, /only 1 bytes/],
  [
    'a report that loads from the network',
    { report: `${' '.repeat(30_000)}<script src="https://example.org/x.js"></script>` },
    /network/,
  ],
];
for (const [title, parts, fault] of bad)
  test(`${title} is a fault`, () => {
    assert.ok(
      faults(parts).some((text) => fault.test(text)),
      `faults: ${faults(parts).join('; ')}`,
    );
  });
