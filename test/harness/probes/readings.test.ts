// The values of each probe for known readings: units, window boundaries, medians of repeated phases.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ArmedProbe, Probe } from '../../../harness/model/scenario.ts';
import { probe as commandStart } from '../../../harness/probes/command-start.ts';
import { probe as cpu } from '../../../harness/probes/cpu.ts';
import { probe as fuseRequests } from '../../../harness/probes/fuse-requests.ts';
import { probes } from '../../../harness/probes/registry.ts';
import { probe as wall } from '../../../harness/probes/wall.ts';
import { fakeClock } from '../support/clock.ts';
import { type MachineScript, type RecordingMachine, recordingMachine } from '../support/recording-machine.ts';
import { slotOf } from '../support/slot.ts';
import { temporaryFolder } from '../sys/support.ts';

interface Armed extends RecordingMachine {
  readonly armed: ArmedProbe;
}

const arm = async (
  t: TestContext,
  probe: Probe,
  prepare: (script: MachineScript) => void = () => {},
): Promise<Armed> => {
  const recording = recordingMachine(fakeClock(t));
  prepare(recording.script);
  const armed = await probe.arm!({ machine: recording.machine, slot: slotOf(), scratch: '/nonexistent' });
  return { ...recording, armed };
};

test('the wall clock starts last and stops first, and no other probe reads inside it', () => {
  assert.deepEqual(
    probes.map(({ id }) => id),
    ['command-start', 'disk', 'fuse-requests', 'syscalls', 'cpu', 'timeline', 'wall'],
  );
  assert.deepEqual(
    probes.filter(({ passes }) => passes.includes('time')).map(({ id }) => id),
    ['command-start', 'cpu', 'wall'],
    'counting disturbs time',
  );
});

test('wall time is in nanoseconds by phase, and the median of a repeated phase', async (t) => {
  const { armed, script } = await arm(t, wall);
  const window = (phase: 'mount' | 'use', ns: number): void => {
    script.clock.advance(5);
    armed.start(phase);
    script.clock.advance(ns);
    armed.stop(phase);
  };
  for (const ns of [900, 1000, 200]) window('mount', ns);
  window('use', 40);
  assert.deepEqual((await armed.collect()).values, { mountWallNs: 900, useWallNs: 40 });
});

test('a phase takes the sum of its windows, or the clock around it if other calls ran', async (t) => {
  const { armed, script } = await arm(t, wall, (fresh) => {
    fresh.windows = { ns: 1000, count: 7, outsideCount: 3 };
  });
  armed.start('mount');
  script.clock.advance(500);
  script.windows = { ns: 1120, count: 8, outsideCount: 3 };
  armed.stop('mount');
  armed.start('create');
  script.clock.advance(600);
  script.windows = { ns: 1220, count: 9, outsideCount: 4 };
  armed.stop('create');
  armed.start('settle');
  script.clock.advance(70);
  armed.stop('settle');
  assert.deepEqual((await armed.collect()).values, {
    mountWallNs: 120,
    createWallNs: 600,
    settleWallNs: 70,
  });
});

test('user and system time are separate, and a server counts its time in the window', async (t) => {
  const { armed, script } = await arm(t, cpu, (fresh) => {
    fresh.cpu = { userNs: 1000, systemNs: 20_000 };
  });
  script.processCpuNs.set(7, 400);
  armed.serverStarted?.('server', 7);
  armed.start('use');
  script.cpu = { userNs: 1300, systemNs: 20_050 };
  script.processCpuNs.set(7, 475);
  armed.stop('use');
  assert.deepEqual((await armed.collect()).values, {
    useCpuNs: 350,
    useUserNs: 300,
    useSystemNs: 50,
    useServerCpuNs: 75,
  });
});

test('a server that was reaped in a window adds only what it used in that window', async (t) => {
  const { armed, script } = await arm(t, cpu);
  armed.start('mount');
  armed.serverStarted?.('server', 7);
  script.processCpuNs.set(7, 60);
  armed.stop('mount');
  armed.start('unmount');
  script.processCpuNs.delete(7);
  // Its 60 ns of before, 2 of this window, and 12 of the harness.
  script.cpu = { userNs: 37, systemNs: 37 };
  armed.stop('unmount');
  armed.start('settle');
  script.cpu = { userNs: 38, systemNs: 37 };
  armed.stop('settle');
  assert.deepEqual((await armed.collect()).values, {
    mountCpuNs: 0,
    mountUserNs: 0,
    mountSystemNs: 0,
    mountServerCpuNs: 60,
    unmountCpuNs: 14,
    unmountUserNs: 7,
    unmountSystemNs: 7,
    settleCpuNs: 1,
    settleUserNs: 1,
    settleSystemNs: 0,
  });
});

test('several servers are summed, and a repeated phase is the median of its sums', async (t) => {
  const { armed, script } = await arm(t, cpu);
  for (const pid of [7, 8]) {
    script.processCpuNs.set(pid, 0);
    armed.serverStarted?.('server', pid);
  }
  for (const [one, two] of [
    [10, 1],
    [30, 3],
    [20, 2],
  ] as const) {
    armed.start('use');
    script.processCpuNs.set(7, script.processCpuNs.get(7)! + one);
    script.processCpuNs.set(8, script.processCpuNs.get(8)! + two);
    armed.stop('use');
  }
  assert.equal((await armed.collect()).values?.['useServerCpuNs'], 22);
});

const COUNTER_BYTES = 4096;
const [LOOKUP, READ, INIT, UNKNOWN] = [1, 15, 26, 300];

/** A server's file of counters: 64 bits per opcode. */
const countersIn = (t: TestContext): { readonly path: string; add(opcode: number, count: number): void } => {
  const path = join(temporaryFolder(t), 'requests');
  const bytes = Buffer.alloc(COUNTER_BYTES);
  const add = (opcode: number, count: number): void => {
    bytes.writeBigUInt64LE(bytes.readBigUInt64LE(8 * opcode) + BigInt(count), 8 * opcode);
    writeFileSync(path, bytes);
  };
  add(0, 0);
  return { path, add };
};

test('requests are summed by opcode over all phases, without those between phases', async (t) => {
  const { path, add } = countersIn(t);
  const { armed, log } = await arm(t, fuseRequests, (fresh) => {
    fresh.requestCounters = path;
  });
  armed.start('mount');
  armed.serverStarted?.('cfs-fuse', 7);
  add(INIT, 1);
  armed.stop('mount');
  add(LOOKUP, 1000);
  armed.start('use');
  add(LOOKUP, 40);
  add(READ, 2);
  add(UNKNOWN, 1);
  armed.stop('use');
  const { values = {} } = await armed.collect();
  assert.deepEqual(
    Object.entries(values).filter(([, count]) => count > 0),
    [
      ['fuseRequestCount', 44],
      ['fuseLookupCount', 40],
      ['fuseReadCount', 2],
      ['fuseInitCount', 1],
      ['fuseOpcode300Count', 1],
    ],
  );
  assert.equal(values['fuseOpenCount'], 0, 'an opcode without requests is zero');
  assert.equal(log.at(-1), 'waitForIdle 7', 'a server may still handle a request');
});

test('without a server the number of requests is missing, not zero', async (t) => {
  const { path } = countersIn(t);
  const without = await arm(t, fuseRequests, (fresh) => {
    fresh.requestCounters = path;
  });
  without.armed.start('use');
  without.armed.stop('use');
  assert.deepEqual(await without.armed.collect(), {});
});

test('without counters the number of requests is missing, too', async (t) => {
  const { armed } = await arm(t, fuseRequests);
  armed.serverStarted?.('cfs-fuse', 7);
  armed.start('use');
  armed.stop('use');
  assert.deepEqual(await armed.collect(), {});
});

test('the null command is started five times after the slot, and the value is the median', async (t) => {
  const { armed, log, script } = await arm(t, commandStart);
  armed.start('create');
  armed.stop('create');
  assert.deepEqual(log, []);
  const took = [500, 100, 300, 400, 200];
  Object.defineProperty(script.costNs, 'command', { get: () => took.shift() });
  assert.deepEqual((await armed.collect()).values, { commandStartWallNs: 300 });
  assert.deepEqual(log, Array(5).fill('command null true'));
});

test('of a server that does not write the counters the number is missing, not zero', async (t) => {
  const { path } = countersIn(t);
  const { armed } = await arm(t, fuseRequests, (fresh) => {
    fresh.requestCounters = path;
  });
  armed.serverStarted?.('composefs-fuse', 7);
  armed.start('use');
  armed.stop('use');
  assert.deepEqual(await armed.collect(), {});
});

test('a neighbour is no server of the arm', async (t) => {
  const { armed, script } = await arm(t, cpu);
  script.processCpuNs.set(7, 0);
  armed.serverStarted?.('neighbour', 7);
  armed.start('destroy');
  script.processCpuNs.set(7, 500);
  armed.stop('destroy');
  assert.equal((await armed.collect()).values?.['destroyServerCpuNs'], undefined);
});
