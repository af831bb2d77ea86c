import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { runCommand } from '../../../harness/sys/commands.ts';
import { findProgram } from '../../../harness/sys/spawn.ts';
import { openStraceCounter, parseStraceSummary } from '../../../harness/sys/strace.ts';
import { temporaryFolder } from './support.ts';

test('a summary is parsed with and without errors, without its total', () => {
  const text = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 61.54    0.000016           2         8           mmap
 38.46    0.000010           3         3         1 openat
------ ----------- ----------- --------- --------- ----------------
100.00    0.000026           2        11         1 total
`;
  assert.deepEqual(
    [...parseStraceSummary(text)],
    [
      ['mmap', 8],
      ['openat', 3],
    ],
  );
});

test('a traced command is counted under its process id and leaves no file', {
  skip: findProgram('strace') === null && 'needs strace',
}, async (t) => {
  const folder = temporaryFolder(t);
  const counter = openStraceCounter(folder);
  const traced = counter.wrap(['true']);
  let pid = 0;
  await runCommand(traced.argv, {
    onSpawn: (started) => {
      pid = started;
    },
  });
  traced.exited(pid);
  assert.equal(counter.snapshot().get(pid)?.main.get('execve'), 1);
  assert.deepEqual(readdirSync(folder), []);
});
