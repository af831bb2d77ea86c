// The bench with a project of one source file, and a test that fails, waits or passes as the source says.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../harness/sys/support.ts';
import { root } from './all.ts';
import { type MutantBench, openBench } from './bench.ts';
import type { Mutant } from './mutant.ts';

const SOURCE = 'export const wanted = (): string => {\n  return `one`;\n};\n';
const TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wanted } from '../source.js';
test('wants one, and no locks', () => {
  assert.equal(process.env['CFSBENCH_LOCKS'], '');
  if (wanted() === 'late') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  assert.equal(wanted(), 'one');
});
`;
const LIMIT_MS = 20_000;

const benchOf = (t: TestContext, limitMs = LIMIT_MS): MutantBench => {
  const project = temporaryFolder(t);
  mkdirSync(join(project, 'build/test'), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{"type": "module"}');
  writeFileSync(
    join(project, 'tsconfig.json'),
    '{"compilerOptions": {"module": "nodenext", "target": "es2022"}}',
  );
  writeFileSync(join(project, 'source.ts'), SOURCE);
  writeFileSync(join(project, 'build/source.js'), SOURCE.replace(': string', ''));
  writeFileSync(join(project, 'build/test/a.test.js'), TEST);
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  const bench = openBench(project, limitMs);
  t.after(() => bench.remove());
  return bench;
};

const returning = (to: string): Mutant => ({ name: 'm', file: 'source.ts', from: '`one`', to, tests: ['a'] });

test('a test passes without a mutant and after one, and a mutant is killed or survives', async (t) => {
  const bench = benchOf(t);
  assert.ok(await bench.passes('a'));
  assert.deepEqual(await bench.killer(returning('`two`')), { test: 'a', late: false });
  assert.equal(await bench.killer(returning('`on` + `e`')), null);
  assert.ok(await bench.passes('a'));
});

test('a mutant that lacks a name is refused', async (t) => {
  await assert.rejects(benchOf(t).killer(returning('missing')), {
    message: 'the mutant lacks a name: ReferenceError: missing is not defined',
  });
});

test('a test that does not end in time is told from one that fails', async (t) => {
  assert.deepEqual(await benchOf(t, 3000).killer(returning('`late`')), { test: 'a', late: true });
});
