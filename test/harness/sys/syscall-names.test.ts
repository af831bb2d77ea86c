import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CALL_LIMIT } from '../../../harness/sys/bpf-programs.ts';
import { callName, callNumber, parseTable } from '../../../harness/sys/syscall-names.ts';
import { ARM64, X86_64 } from '../../../harness/sys/syscall-table.ts';

test('names are numbered from the last number that was set', () => {
  assert.deepEqual(
    [...parseTable('a b =7 c\nd')],
    [
      [0, 'a'],
      [1, 'b'],
      [7, 'c'],
      [8, 'd'],
    ],
  );
});

test('the tables have known numbers', () => {
  const [x86, arm] = [parseTable(X86_64), parseTable(ARM64)];
  assert.deepEqual(
    [x86.get(0), x86.get(59), x86.get(262), x86.get(430)],
    ['read', 'execve', 'newfstatat', 'fsopen'],
  );
  assert.deepEqual(
    [arm.get(63), arm.get(221), arm.get(79), arm.get(430)],
    ['read', 'execve', 'newfstatat', 'fsopen'],
  );
});

test('every number is below the limit of the counting program', () => {
  for (const table of [X86_64, ARM64]) assert.ok(Math.max(...parseTable(table).keys()) < CALL_LIMIT);
});

test('a call that is newer than the table is named by its number', () => {
  assert.equal(callName(CALL_LIMIT - 1), `syscall_${CALL_LIMIT - 1}`);
  assert.equal(callName(callNumber('openat')), 'openat');
});
