// Checks the recorder of calls as the first process of a PID namespace: it records calls of all processes of its namespace.
//
//   unshare --pid --fork --kill-child --mount-proc node bpf-recorder-main.js order|full FOLDER
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openBpfRecorder } from '../../../harness/sys/bpf-recorder.ts';
import { nowNs } from '../../../harness/sys/clock.ts';
import { runCommand } from '../../../harness/sys/commands.ts';

const checkOrder = async (folder: string): Promise<void> => {
  const recorder = openBpfRecorder();
  const from = nowNs();
  mkdirSync(join(folder, 'one'));
  const between = nowNs();
  let pid = 0;
  await runCommand(['sleep', '0.05'], {
    onSpawn: (started) => {
      pid = started;
    },
  });
  const until = nowNs();
  const { calls, isFull } = recorder.read();
  assert.equal(isFull, false);
  const made = calls.filter(
    ({ process: of, name, fromNs }) => of === process.pid && /^mkdir/.test(name) && fromNs >= from,
  );
  assert.equal(made.length, 1);
  assert.ok(made[0]!.untilNs > made[0]!.fromNs && made[0]!.untilNs < between);
  const own = calls.filter(({ process: of }) => of === pid);
  const slept = own.find(({ name }) => /nanosleep/.test(name))!;
  assert.ok(slept.untilNs - slept.fromNs > 49e6, `${slept.untilNs - slept.fromNs}`);
  assert.ok(slept.fromNs > between && slept.untilNs < until);
  assert.ok(own.findIndex(({ name }) => name === 'execve') < own.indexOf(slept));
  recorder.close();
};

const checkFull = (): void => {
  const recorder = openBpfRecorder({ capacity: 64 });
  execFileSync('ls', ['-l', '/']);
  const { calls, isFull } = recorder.read();
  assert.equal(isFull, true);
  assert.ok(calls.length > 0 && calls.length <= 32, `${calls.length}`);
  recorder.close();
};

const [check, folder = ''] = process.argv.slice(2);
if (check === 'order') await checkOrder(folder);
else checkFull();
