import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Held, Mounted } from '../../harness/model/backend.ts';
import { unmountAll } from '../../scenarios/live-mounts.ts';

const LIST_NS = 5000;
const MS = 1e6;

const busy = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

/** A machine's windows, and a mount whose steps take 1 ms of the harness each; `waits`: it settles when a process has ended. */
const fake = ({ waits = false, checkMs = 0 }) => {
  const windows = { ns: 0, count: 0, outsideCount: 0 };
  const list = (): void => {
    windows.ns += LIST_NS;
    windows.count++;
  };
  const held: Held = {
    kind: 'checked',
    of: 'a test',
    watch: () => () => {
      busy(checkMs);
      windows.outsideCount++;
      return true;
    },
  };
  const mounted = {
    held,
    async unmount() {
      busy(1);
      list();
    },
    async settle() {
      busy(1);
      if (waits) windows.outsideCount++;
      else list();
    },
  } as unknown as Mounted;
  return { meters: { windows: () => ({ ...windows }) }, mounts: [mounted, mounted] };
};

test('unmount and settle are the time of their calls, without the work of the harness and without the check', async () => {
  const { meters, mounts } = fake({ checkMs: 2 });
  assert.deepEqual(await unmountAll(mounts, meters), {
    unmountNs: 2 * LIST_NS,
    settleNs: 2 * LIST_NS,
    askedCount: 2,
    stillThereCount: 0,
  });
});

test('the end of a server counts from the return of umount, also while it is checked', async () => {
  const { meters, mounts } = fake({ waits: true, checkMs: 20 });
  const { unmountNs, settleNs } = await unmountAll(mounts, meters);
  assert.equal(unmountNs, 2 * LIST_NS);
  assert.ok(settleNs >= 42 * MS, `${settleNs}`);
});
