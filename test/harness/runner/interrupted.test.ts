// A resumed run that is interrupted before its first slot.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Changed, RunParts } from '../../../harness/runner/parts.ts';
import { measure } from '../../../harness/runner/run.ts';
import { openWorkspace } from '../../../harness/runner/workspace.ts';
import { allFeatures } from '../support/recording-machine.ts';
import { slotOf } from '../support/slot.ts';
import { makeWork, temporaryFolder } from '../sys/support.ts';

const measureInterrupted = async (
  t: Parameters<typeof temporaryFolder>[0],
  session: number,
): Promise<{ readonly status: string; readonly changed: readonly Changed[] }> => {
  const changed: Changed[] = [];
  const parts = {
    features: allFeatures,
    sources: [],
    question: { images: [], ownImages: new Map(), scenarios: [], arms: [] },
    looks: [8],
    before: {
      session,
      samples: [],
      slots: [slotOf({ pass: 'count' })],
      lives: null,
      dropped: [{ kind: 'passes', done: 3, planned: 5 }],
    },
    deadline: { budgetNs: Number.POSITIVE_INFINITY, leftNs: () => Number.POSITIVE_INFINITY },
    workspace: openWorkspace(makeWork(join(temporaryFolder(t), 'work'))),
    interrupted: () => true,
    update: (one: Changed) => void changed.push(one),
    probes: [],
    inspector: { pid: null },
    say() {},
    progress() {},
  };
  const { status, errors } = await measure(parts as unknown as RunParts);
  assert.deepEqual(errors, []);
  return { status, changed };
};

test('a resumed run that is interrupted while it prepares keeps what earlier sessions recorded', async (t) => {
  assert.deepEqual(await measureInterrupted(t, 1), { status: 'interrupted', changed: [] });
});

test('the first session records the images and mounts that it reached', async (t) => {
  const { status, changed } = await measureInterrupted(t, 0);
  assert.equal(status, 'interrupted');
  assert.ok(changed.some(({ images, proofs }) => images !== undefined && proofs !== undefined));
});
