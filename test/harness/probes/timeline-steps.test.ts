import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordedCall } from '../../../harness/model/machine.ts';
import { timelineOf } from '../../../harness/probes/timeline-steps.ts';

const OWN = 10;
const TAR = 20;
const call = (name: string, fromNs: number, ns: number, process = OWN, thread = process): RecordedCall => ({
  process,
  thread,
  name,
  fromNs,
  untilNs: fromNs + ns,
});

const timeline = (calls: readonly RecordedCall[], untilNs = 1000) =>
  timelineOf({
    windows: [{ phase: 'mount', fromNs: 100, untilNs }],
    calls,
    actors: new Map([[TAR, 'tar']]),
    own: OWN,
  })['mount']!;

test('a window begins with its first call and excludes calls before, after and of the runtime', () => {
  const calls = [
    call('openat', 50, 10),
    call('fsopen', 300, 40),
    call('futex', 310, 5),
    call('openat', 320, 5, OWN, 11),
    call('openat', 330, 5, 99),
    call('move_mount', 400, 7),
    call('close', 1000, 3),
  ];
  assert.deepEqual(timeline(calls), {
    spanNs: 107,
    callCount: 2,
    steps: [
      ['harness', 'fsopen', 0, 40, 1],
      ['harness', 'move_mount', 100, 7, 1],
    ],
  });
});

test('calls of a child before execve are not its program’s; a call beyond the window ends with it', () => {
  const calls = [
    call('clone3', 200, 100),
    call('rt_sigaction', 210, 5, TAR),
    call('execve', 220, 50, TAR),
    call('read', 280, 9000, TAR),
  ];
  assert.deepEqual(timeline(calls).steps, [
    ['harness', 'clone3', 0, 100, 1],
    ['tar', 'execve', 20, 50, 1],
    ['tar', 'read', 80, 720, 1],
  ]);
});

test('many calls are joined by program and part of the window, none is lost', () => {
  const calls = Array.from({ length: 3200 }, (_, i) =>
    call(i % 3 === 0 ? 'openat' : 'write', 200 + i * 10, 4, i % 2 === 0 ? OWN : TAR),
  );
  const { callCount, steps, spanNs } = timeline(calls, 1e6);
  assert.equal(callCount, 3200);
  assert.equal(spanNs, 3199 * 10 + 4);
  assert.equal(steps.length, 64);
  assert.equal(
    steps.reduce((sum, [, , , , count]) => sum + count, 0),
    3200,
  );
  for (const [, name, , , count] of steps) assert.deepEqual([name, count > 45], ['write', true]);
});

test('a window may have every call that the recorder can hold', () => {
  const callCount = 2 ** 17;
  const calls = Array.from({ length: callCount }, (_, i) => call('openat', 200 + i, i === 7 ? 1e6 : 1));
  const window = timeline(calls, 1e7);
  assert.deepEqual([window.callCount, window.spanNs, window.steps.length], [callCount, 1_000_007, 5]);
  // Of all calls that begin in one part, too.
  const together = calls.map((one) => ({ ...one, fromNs: 200 }));
  assert.deepEqual(timeline(together, 1e7).steps, [['harness', 'openat', 0, 1_000_007, callCount]]);
});

test('a window without calls is empty', () => {
  assert.deepEqual(timeline([]), { spanNs: 0, callCount: 0, steps: [] });
});
