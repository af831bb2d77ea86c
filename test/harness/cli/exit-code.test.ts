import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCode, reportExitCode, worstOf } from '../../../harness/cli/exit-code.ts';

const fine: Parameters<typeof exitCode>[0] = {
  status: 'complete',
  okCount: 9,
  failedCount: 0,
  unequal: [],
  tooNoisy: false,
};

test('a rule that throws gives a run and its report the exit code of a failed slot', () => {
  assert.equal(exitCode(fine, []), 0);
  assert.equal(exitCode(fine, ['C7']), 5);
  assert.equal(exitCode({ ...fine, failedCount: 1 }, []), 5);
  assert.equal(reportExitCode([]), 0);
  assert.equal(reportExitCode(['C7']), 5);
});

test('a failed slot or rule takes precedence over an ended budget', () => {
  const late = { ...fine, status: 'out-of-time' } as const;
  assert.equal(exitCode(late, []), 124);
  assert.equal(exitCode({ ...late, failedCount: 1 }, []), 5);
  assert.equal(exitCode(late, ['C7']), 5);
  assert.equal(exitCode({ ...late, tooNoisy: true }, []), 124);
});

test('an interrupt takes precedence over a failed rule, a failed rule over noise', () => {
  assert.equal(exitCode({ ...fine, status: 'interrupted' }, ['C7']), 130);
  assert.equal(exitCode({ ...fine, tooNoisy: true }, ['C7']), 5);
  assert.equal(exitCode({ ...fine, okCount: 0 }, []), 6);
  assert.equal(exitCode({ ...fine, tooNoisy: true }, []), 4);
});

test('the exit code of several runs does not depend on their order', () => {
  assert.equal(worstOf([5, 124]), 5);
  assert.equal(worstOf([124, 5]), 5);
  assert.equal(worstOf([0, 4, 0]), 4);
  assert.equal(worstOf([0, 130, 1]), 130);
  assert.equal(worstOf([]), 0);
});
