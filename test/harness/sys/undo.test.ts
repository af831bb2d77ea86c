import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '../../../harness/model/errors.ts';
import { createUndo } from '../../../harness/sys/undo.ts';

test('things are undone in reverse, past failures, and each failure is named', async () => {
  const undo = createUndo();
  const done: string[] = [];
  undo.push('first', () => {
    done.push('first');
  });
  undo.push('second', async () => {
    throw new Error('stuck');
  });
  undo.push('third', async () => {
    done.push('third');
  });
  await assert.rejects(undo.unwind(), (error) => {
    assert.ok(error instanceof UserError);
    assert.deepEqual(error.facts, ['second: stuck']);
    return true;
  });
  assert.deepEqual(done, ['third', 'first']);
  await undo.unwind();
  assert.deepEqual(done, ['third', 'first'], 'nothing is undone twice');
});

test('what was undone in the normal course is taken off', async () => {
  const undo = createUndo();
  const taken = undo.push('mount', () => assert.fail('undone again'));
  undo.push('folder', () => {});
  taken();
  assert.deepEqual(undo.pending, ['folder']);
  await undo.unwind();
});
