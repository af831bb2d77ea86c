// A stage with cold caches reads programs again, and waits for the kernel, where time or memory is measured next.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { Store } from '../../harness/model/backend.ts';
import { slotOf } from '../harness/support/slot.ts';
import { openTestStage } from '../harness/support/stage.ts';
import { needsRoot } from '../harness/sys/support.ts';

const store = { objectDirs: [''], layerDir: '', ingested: () => ({ verity: null }) } as unknown as Store;

for (const [pass, next, expected] of [
  ['time', undefined, 1],
  ['count', undefined, 0],
  ['count', 'memory', 1],
] as const)
  test(`after a drop in a pass of ${pass} with ${next ?? 'nothing'} next, tools run ${expected} times`, {
    skip: needsRoot,
  }, async (t) => {
    let ranCount = 0;
    const { stage } = openTestStage(t, slotOf({ pass }), {
      store,
      async warmTools() {
        ranCount++;
      },
    });
    // The wait for the kernel needs a clock that goes on.
    mock.restoreAll();
    await stage.dropCaches(next);
    assert.equal(ranCount, expected);
    assert.match(stage.notes[0]!, /^cold: 0 of/);
  });
