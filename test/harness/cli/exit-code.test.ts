import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  exitCode,
  poolExitCode,
  recordedExitCode,
  reportExitCode,
  worstOf,
} from '../../../harness/cli/exit-code.ts';
import { EXIT_CODES } from '../../../harness/cli/exit-codes-help.ts';
import type { RunFile } from '../../../results/schema/run.ts';

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
  for (const codes of [
    [134, 0],
    [0, 134],
    [124, 134, 5],
  ])
    assert.equal(worstOf(codes), 134);
  assert.equal(worstOf([139, 134]), worstOf([134, 139]));
  assert.equal(worstOf([134, 130]), 130);
});

test('the help lists the codes in the order in which the first that applies is used', () => {
  const [, ...codes] = [...EXIT_CODES.matchAll(/^ {2}(\d+) /gm)].map(([, code]) => Number(code));
  assert.equal(codes.length, 7);
  for (const [at, code] of codes.entries()) assert.equal(worstOf(codes.slice(at)), code);
});

test('a pool that lacks a run, or has one with failures, fails', () => {
  assert.equal(poolExitCode([], { missing: 0, status: 'complete' }), 0);
  assert.equal(poolExitCode([], { missing: 0, status: 'out-of-time' }), 0);
  assert.equal(poolExitCode([], { missing: 1, status: 'complete' }), 5);
  assert.equal(poolExitCode([], { missing: 0, status: 'failed' }), 5);
});

test('a run that ended earlier has the exit code that it had', () => {
  const [ok, failed, skipped] = (['ok', 'failed', 'skipped'] as const).map((outcome) => ({ outcome }));
  const run = { status: 'complete', proofs: [] } as const;
  const noise = { id: 'busy', severity: 'noise', text: '', hint: '' };
  const noisy = { ...run, conditions: { judged: [noise] } } as unknown as RunFile;
  assert.equal(recordedExitCode(run, [ok!], true), 0);
  assert.equal(recordedExitCode(run, [skipped!], false), 6);
  assert.equal(recordedExitCode(noisy, [ok!], true), 4);
  assert.equal(recordedExitCode(noisy, [ok!], false), 0);
  assert.equal(recordedExitCode({ ...run, status: 'out-of-time' }, [ok!], false), 124);
  assert.equal(recordedExitCode({ ...run, status: 'out-of-time' }, [ok!, failed!], false), 5);
  assert.equal(recordedExitCode({ ...run, status: 'failed' }, [ok!], false), 5);
  const unequal = { proofs: [{ equal: false }] } as unknown as Pick<RunFile, 'proofs'>;
  assert.equal(recordedExitCode({ ...run, ...unequal }, [ok!], false), 5);
});
