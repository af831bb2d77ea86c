import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCode, type RunOutcome, reportExitCode } from '../../../harness/cli/exit-code.ts';

const fine: RunOutcome = { status: 'complete', okCount: 9, failedCount: 0, unequal: [], tooNoisy: false };

test('a rule that throws gives a run and its report the exit code of a failed slot', () => {
  assert.equal(exitCode(fine, []), 0);
  assert.equal(exitCode(fine, ['C7']), 5);
  assert.equal(exitCode({ ...fine, failedCount: 1 }, []), 5);
  assert.equal(reportExitCode([]), 0);
  assert.equal(reportExitCode(['C7']), 5);
});

test('the reason for the end of a run takes precedence over a failed rule, and that over noise', () => {
  assert.equal(exitCode({ ...fine, status: 'interrupted' }, ['C7']), 130);
  assert.equal(exitCode({ ...fine, status: 'out-of-time' }, ['C7']), 124);
  assert.equal(exitCode({ ...fine, tooNoisy: true }, ['C7']), 5);
  assert.equal(exitCode({ ...fine, okCount: 0 }, []), 6);
  assert.equal(exitCode({ ...fine, tooNoisy: true }, []), 4);
});
