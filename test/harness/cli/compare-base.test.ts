// `cfsbench compare --gate` with a base that measured nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import type { Sample } from '../../../results/schema/run.ts';
import { PROGRAM } from '../../end-to-end/support.ts';
import { withRunFolder } from '../../report/support/folder.ts';
import { example, type Given, twoArms, withStatus } from '../../results/gate/support.ts';

const compare = (...args: string[]) =>
  spawnSync(process.execPath, [PROGRAM, 'compare', ...args], { encoding: 'utf8' });

const head = example({ images: ['debian-12-static'] });
const empty: Given = { ...head, samples: [] };

test('a base without a sample is refused by a gate, with what to type', () =>
  withRunFolder(head, (to) =>
    withRunFolder(withStatus(empty, 'running'), async (base) => {
      for (const strict of [[], ['--strict']]) {
        const { status, stdout, stderr } = compare(base, to, '--gate', ...strict);
        assert.equal(status, 1, stdout);
        assert.equal(
          stderr,
          `cfsbench: the base measured nothing: ${base}\n  status: running\n  nothing was compared\n  try: cfsbench run --resume ${base}, or for the first run of a project: --no-base-ok\n`,
        );
      }
      assert.equal(compare(base, to).status, 0);
    }),
  ));

test('with --no-base-ok it is no base yet', () =>
  withRunFolder(head, (to) =>
    withRunFolder(empty, async (base) => {
      assert.match(compare(base, to, '--gate').stderr, /name a run folder with samples/);
      const { status, stdout } = compare(base, to, '--gate', '--no-base-ok');
      assert.equal(status, 0);
      assert.match(
        stdout.replace(/\s+/g, ' '),
        /notice: no base yet: \S+ measured nothing, nothing is compared/,
      );
      assert.match(stdout, /Gate: no base yet, nothing is compared\.\n$/);
    }),
  ));

/** Two arms, of which the base was skipped in every slot. */
const withoutBaseArm = (): Given => {
  const { run, samples } = twoArms(2, 1);
  const [base] = run.plan.ab!;
  return {
    run,
    samples: samples.map((sample, i) =>
      sample.arm === base
        ? ({ ...sample, seq: i + 1, outcome: 'skipped', need: 'loop', reason: 'none' } as Sample)
        : { ...sample, seq: i + 1 },
    ),
  };
};

test('the base arm of one run is refused in the same way', () =>
  withRunFolder(withoutBaseArm(), async (folder) => {
    const { status, stderr } = compare(folder, '--gate');
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^cfsbench: the base measured nothing: erofs-overlay\n/);
    assert.equal(compare(folder, '--gate', '--no-base-ok').status, 0);
    assert.equal(compare(folder).status, 0);
  }));

test('a run that did not end keeps its own exit code', () =>
  withRunFolder(withStatus(withoutBaseArm(), 'interrupted'), async (folder) => {
    assert.equal(compare(folder, '--gate').status, 130);
  }));
