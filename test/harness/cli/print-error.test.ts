import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeError } from '../../../harness/cli/print-error.ts';
import { SysError, UserError } from '../../../harness/model/errors.ts';
import { ResultsError } from '../../../results/errors.ts';

test('a user error prints its message, its facts and what to try', () => {
  const error = new UserError('no such image', {
    facts: ['file: x', 'folder: y'],
    hint: 'cfsbench list',
    exit: 4,
  });
  assert.deepEqual(describeError(error), {
    text: 'cfsbench: no such image\n  file: x\n  folder: y\n  try: cfsbench list\n',
    exit: 4,
  });
});

test('a user error without facts and hint prints its message alone', () => {
  assert.deepEqual(describeError(new UserError('no')), { text: 'cfsbench: no\n', exit: 1 });
  assert.equal(describeError(new UserError('no', { hint: '' })).text, 'cfsbench: no\n');
});

test('a failed system call prints the call and the errno, without a stack', () => {
  const { text, exit } = describeError(new SysError('fsopen', 19, 'ENODEV', { hint: 'modprobe erofs' }));
  assert.equal(text, 'cfsbench: fsopen: ENODEV\n  try: modprobe erofs\n');
  assert.equal(exit, 5);
});

test('an error about results prints like a user error', () => {
  const { text } = describeError(new ResultsError('no run here', { facts: ['folder: x'] }));
  assert.match(text, /^cfsbench: no run here\n {2}folder: x\n/);
});

test('every other error is a bug and prints its stack', () => {
  const { text, exit } = describeError(new TypeError('x is not a function'));
  assert.match(text, /this is a bug in cfsbench/);
  assert.match(text, /TypeError: x is not a function\n {4}at /);
  assert.equal(exit, 1);
  assert.match(describeError('thrown text').text, /thrown text/);
});
