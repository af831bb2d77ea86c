import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchText } from '../../../harness/cli/doctor.ts';
import { isNoisy, judgeDisk, judgeQuiet, judgeRun } from '../../../harness/runner/conditions.ts';
import { openKernelLog, warningIn } from '../../../harness/sys/kernel-log.ts';
import { numberAfter, pressureUs, readMoment, ticksOf } from '../../../harness/sys/moment.ts';
import type { ConditionWarning, Moment } from '../../../results/schema/machine.ts';
import { besideNeighbours } from '../../neighbours.ts';

const nothing = readMoment(() => null);

const quiet: Moment = {
  ...nothing,
  memoryBytes: 100,
  memoryAvailableBytes: 90,
  cpuTicks: 0,
  idleTicks: 0,
  stealTicks: 0,
  cpuPressureUs: 0,
  ioPressureUs: 0,
  memoryPressureUs: 0,
  swapInCount: 0,
  swapOutCount: 0,
  throttleCount: 0,
  oomKillCount: 0,
  swapUsedBytes: 0,
  monotonicNs: 0,
};

/** One second later, 200 ticks, nearly all of them idle. */
const after = (changed: Partial<Moment>): Moment => ({
  ...quiet,
  cpuTicks: 200,
  idleTicks: 195,
  monotonicNs: 1e9,
  ...changed,
});

const ids = (judged: readonly ConditionWarning[]): string[] => judged.map(({ id }) => id);
const before = (changed: Partial<Moment>) => ids(judgeQuiet(quiet, after(changed)));
const during = (changed: Partial<Moment>, warnings: string[] | null = []) =>
  ids(judgeRun(quiet, after(changed), warnings));

test('before a run each condition is reported only beyond its limit', () => {
  for (const [id, below, above] of [
    ['load', { idleTicks: 161 }, { idleTicks: 159 }],
    ['steal', { stealTicks: 4 }, { stealTicks: 5 }],
    ['io', { ioPressureUs: 90_000 }, { ioPressureUs: 110_000 }],
    ['memory', { memoryAvailableBytes: 16 }, { memoryAvailableBytes: 14 }],
    ['swap', { swapUsedBytes: 0 }, { swapUsedBytes: 1 }],
    ['turbo', { turbo: false }, { turbo: true }],
    ['smt', { smt: false }, { smt: true }],
    ['governor', { governor: 'performance' }, { governor: 'powersave' }],
  ] as const) {
    assert.deepEqual(before(below), [], id);
    assert.deepEqual(before(above), [id]);
  }
});

test('a disk with online discard gets a note, and so does an ext4 without a journal', () => {
  const disk = { options: 'rw,nodiscard,data=ordered', journalMissing: false };
  assert.deepEqual(judgeDisk(disk), []);
  assert.deepEqual(ids(judgeDisk({ ...disk, options: 'rw,discard,resuid=0' })), ['discard']);
  assert.deepEqual(ids(judgeDisk({ ...disk, journalMissing: true })), ['no-journal']);
});

test('during a run each condition is reported only beyond its limit', () => {
  for (const [id, below, above] of [
    ['steal', { stealTicks: 4 }, { stealTicks: 5 }],
    ['cpu-pressure', { cpuPressureUs: 390_000 }, { cpuPressureUs: 410_000 }],
    ['memory-pressure', { memoryPressureUs: 9000 }, { memoryPressureUs: 11_000 }],
    ['swap', { swapOutCount: 0 }, { swapOutCount: 1 }],
    ['throttle', { throttleCount: 0 }, { throttleCount: 1 }],
    ['oom', { oomKillCount: 0 }, { oomKillCount: 1 }],
  ] as const) {
    assert.deepEqual(during(below), [], id);
    assert.deepEqual(during(above), [id]);
  }
  assert.deepEqual(during({}, ['BUG: soft lockup']), ['kernel']);
  assert.deepEqual(during({}, null), []);
});

test('a value that cannot be read gives no warning', () => {
  assert.deepEqual(judgeQuiet(nothing, nothing), []);
  assert.deepEqual(judgeRun(nothing, nothing, null), []);
  assert.equal(nothing.cpuTicks, null);
});

test('ticks, pressure and counters are parsed from the text of the kernel', () => {
  assert.deepEqual(ticksOf('cpu  10 20 30 400 50 6 7 8 90 0\ncpu0 1 2 3 4'), {
    all: 531,
    idle: 450,
    steal: 8,
  });
  assert.equal(ticksOf(null), null);
  const psi =
    'some avg10=0.12 avg60=0.00 avg300=0.00 total=123456\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=9';
  assert.equal(pressureUs(psi), 123456);
  assert.equal(pressureUs(null), null);
  assert.equal(numberAfter('MemTotal:       1024 kB\nSwapFree: 7 kB', 'SwapFree'), 7);
  assert.equal(numberAfter('pswpin 42\npswpout 43', 'pswpout'), 43);
  assert.equal(numberAfter('', 'pswpout'), null);
});

test('readMoment reads the CPU ticks and the memory of this machine', () => {
  const moment = readMoment();
  assert.ok(moment.cpuTicks! > 0 && moment.memoryBytes! > 0);
  assert.ok(moment.idleTicks! <= moment.cpuTicks!);
});

test('records of the kernel log: errors and suspicious words are warnings, the rest is not', () => {
  assert.equal(warningIn('3,1,1,-;EXT4-fs error (device sda)\n'), 'EXT4-fs error (device sda)');
  assert.equal(warningIn('6,2,2,-;erofs: mounted\n SUBSYSTEM=x\n'), null);
  assert.equal(warningIn('4,2,2,-;overlayfs: a remark\n'), null);
  assert.equal(warningIn('4,2,2,c;WARNING: CPU: 0 PID: 1 at fs/x.c'), 'WARNING: CPU: 0 PID: 1 at fs/x.c');
  assert.equal(warningIn('27,2,2,-;a daemon says: I/O error'), null);
  assert.equal(warningIn('garbage'), null);
});

test('a kernel log that was just opened has no new warnings', (t) =>
  besideNeighbours(t, 'the kernel log', () => {
    const log = openKernelLog();
    if (log === null) return t.skip('the kernel log cannot be read here');
    try {
      assert.deepEqual(log.warnings(), []);
    } finally {
      log.close();
    }
  }));

test('doctor --bench says in 80 columns what is noisy and what to do', () => {
  const judged = judgeQuiet(
    quiet,
    after({ idleTicks: 20, stealTicks: 50, governor: 'powersave', smt: true }),
  );
  const text = benchText(judged, ['/srv/a\u202e'.repeat(9)], 80);
  assert.ok(isNoisy(judged));
  assert.match(text, /noise: other processes use 90 % of the CPUs\n/);
  assert.match(text, /note: the CPU frequency governor is powersave/);
  assert.match(text, /This machine is noisy now/);
  assert.match(text, /^[\n\x20-\x7e]*$/);
  assert.match(benchText([], [], 80), /quiet enough/);
});
