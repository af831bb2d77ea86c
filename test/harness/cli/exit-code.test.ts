import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCode, type Judged, reportExitCode } from '../../../harness/cli/exit-code.ts';

const fine: Judged = { status: 'complete', okCount: 9, failedCount: 0, unequal: [], tooNoisy: false };

test('a rule that broke makes a run, and a report of it, end like one in which a slot failed', () => {
  assert.equal(exitCode(fine, []), 0);
  assert.equal(exitCode(fine, ['C7']), 5);
  assert.equal(exitCode({ ...fine, failedCount: 1 }, []), 5);
  assert.equal(reportExitCode([]), 0);
  assert.equal(reportExitCode(['C7']), 5);
});

test('what ended a run stands before what is wrong with its report, and that before noise', () => {
  assert.equal(exitCode({ ...fine, status: 'interrupted' }, ['C7']), 130);
  assert.equal(exitCode({ ...fine, status: 'out-of-time' }, ['C7']), 124);
  assert.equal(exitCode({ ...fine, tooNoisy: true }, ['C7']), 5);
  assert.equal(exitCode({ ...fine, okCount: 0 }, []), 6);
  assert.equal(exitCode({ ...fine, tooNoisy: true }, []), 4);
});
