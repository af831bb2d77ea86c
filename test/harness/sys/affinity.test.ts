import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { allowedCpus, pinToOneCpu } from '../../../harness/sys/affinity.ts';
import { runCommand } from '../../../harness/sys/commands.ts';

const skip = allowedCpus().length > 1 ? false : 'the machine has one CPU';

test('commands inherit the CPU of a pinned thread, and the mask is restored', { skip }, async () => {
  const before = allowedCpus();
  const seen: string[] = [];
  const allowedList = () =>
    runCommand(['sleep', '0.01'], {
      onSpawn: (pid) => {
        seen.push(/Cpus_allowed_list:\s*(\S+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!);
      },
    });
  const unpin = pinToOneCpu();
  assert.equal(allowedCpus().length, 1);
  await allowedList();
  unpin();
  await allowedList();
  assert.deepEqual(allowedCpus(), before);
  assert.deepEqual(seen[0], String(before.at(-1)));
  assert.notEqual(seen[0], seen[1]);
});
