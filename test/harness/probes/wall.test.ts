import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Features, Machine, WindowTotals } from '../../../harness/model/machine.ts';
import type { Phase } from '../../../harness/model/scenario.ts';
import { probe } from '../../../harness/probes/wall.ts';
import { createMachine } from '../../../harness/sys/machine.ts';
import { temporaryFolder } from '../sys/support.ts';

/** The test sets the totals of the windows. */
const counted = () => {
  const account = { ns: 0, count: 0, outsideCount: 0 };
  const machine = { meters: { windows: (): WindowTotals => ({ ...account }) } } as unknown as Machine;
  return { account, machine };
};

const arm = (machine: Machine) => probe.arm!({ machine, slot: {} as never, scratch: '' });

const SLOW_MS = 3;
const pass = (): void => {
  const until = performance.now() + SLOW_MS;
  while (performance.now() < until);
};

test('the time of a phase of windows is the sum of the windows, without their preparation', async () => {
  const { account, machine } = counted();
  const armed = await arm(machine);
  account.ns = 5_000_000;
  account.count = 7;
  account.outsideCount = 3;
  armed.start('mount');
  pass();
  account.ns += 100;
  account.ns += 23;
  account.count += 2;
  armed.stop('mount');
  assert.deepEqual((await armed.collect()).values, { mountWallNs: 123 });
});

test('the time of a phase without windows, or with another operation, is the clock around it', async () => {
  const { account, machine } = counted();
  const armed = await arm(machine);
  const during = (phase: Phase, work: () => void): void => {
    armed.start(phase);
    pass();
    work();
    armed.stop(phase);
  };
  during('mount', () => {
    account.ns += 100;
    account.count++;
    account.outsideCount++;
  });
  during('use', () => {});
  during('destroy', () => {
    account.outsideCount++;
  });
  const { values } = await armed.collect();
  for (const name of ['mountWallNs', 'useWallNs', 'destroyWallNs'])
    assert.ok(values![name]! >= SLOW_MS * 1e6, `${name}: ${values![name]}`);
});

test('call lists are windows; single calls, waits and commands are not', async (t) => {
  const dir = temporaryFolder(t);
  const machine = createMachine({} as Features, { scratch: dir });
  const moved = async (work: () => unknown): Promise<readonly [windows: number, outside: number]> => {
    const before = machine.meters.windows();
    await work();
    const after = machine.meters.windows();
    return [after.count - before.count, after.outsideCount - before.outsideCount];
  };
  const one = machine.windowKind === 'one call' ? [1, 0] : [0, 1];
  assert.deepEqual(await moved(() => machine.calls((list) => list.mkdir(join(dir, 'a'), 0o755))), one);
  assert.deepEqual(await moved(() => machine.files.rmdir(join(dir, 'a'))), one);
  assert.deepEqual(await moved(() => machine.settled({ unmounted: dir }, 100)), one);
  assert.deepEqual(await moved(() => machine.files.exists(dir)), [0, 1]);
  assert.deepEqual(await moved(() => machine.waitFor(() => true, 1)), [0, 1]);
  assert.deepEqual(await moved(() => machine.command('true', ['true'])), [0, 1]);
});
