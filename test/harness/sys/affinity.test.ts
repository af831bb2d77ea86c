import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { allowedCpus, pinToOneCpu } from '../../../harness/sys/affinity.ts';
import { runCommand } from '../../../harness/sys/commands.ts';

const skip = allowedCpus().length > 1 ? false : 'there is one CPU only';

test('a pinned thread hands its one CPU on to commands, and gets its mask back', { skip }, async () => {
  const before = allowedCpus();
  const seen: string[] = [];
  const look = () =>
    runCommand(['sleep', '0.01'], {
      onSpawn: (pid) => {
        seen.push(/Cpus_allowed_list:\s*(\S+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!);
      },
    });
  const unpin = pinToOneCpu();
  assert.equal(allowedCpus().length, 1);
  await look();
  unpin();
  await look();
  assert.deepEqual(allowedCpus(), before);
  assert.deepEqual(seen[0], String(before.at(-1)));
  assert.notEqual(seen[0], seen[1]);
});
