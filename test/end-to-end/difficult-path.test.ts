// Work folders with difficult paths, on every backend: longer than a mount option (255 bytes), or with characters that are
// special in mount options, mount tables and command lines.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, leftOf, program, readRun } from './support.ts';

const PATH_BYTES = 300;
const ODD_NAME = 'a b,c:d=e"f\\g\'h%n$i\u00e9';

const difficult: readonly (readonly [title: string, below: (home: string) => string])[] = [
  [
    'a path of 300 bytes',
    (home) => {
      const part = 'x'.repeat(Math.ceil((PATH_BYTES - home.length - 2) / 2));
      return join(home, part, part);
    },
  ],
  ['spaces, commas, colons, quotes, backslashes and letters beyond ASCII', (home) => join(home, ODD_NAME)],
];

for (const [title, below] of difficult)
  test(`a work folder with ${title} works on every backend`, { skip: needsRoot }, async (t) => {
    const home = diskFolder(t);
    const work = below(home);
    mkdirSync(work, { recursive: true });
    const out = join(home, 'results');
    const { code, stderr } = await program(t, [
      ...[
        'run',
        '--profile',
        'quick',
        '--budget',
        '5m',
        '--count-only',
        '--count-passes',
        '1',
        '--images',
        'synthetic:files=40,layers=3,seed=1',
        '--scenarios',
        'churn',
      ],
      ...['--work', work, '--out', out],
    ]);
    assert.equal(code, 0, stderr);
    const { proofs, status } = readRun(out);
    assert.equal(status, 'complete');
    // The headline backends, and the checkouts that churn compares them with.
    assert.equal(proofs.length, 5);
    assert.deepEqual(leftOf(home), []);
    assert.deepEqual(readdirSync(work), []);
  });
