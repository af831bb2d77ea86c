import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typedRun } from '../../../harness/cli/typed-run.ts';

test('words that start no run are refused, and no help is printed', (t) => {
  const write = t.mock.method(process.stdout, 'write', () => true);
  const refused = (): void => {
    for (const words of [['--help'], ['--profile', 'quick', '-h']])
      assert.throws(() => typedRun(words), {
        message: 'options of the run: these start no run',
        hint: 'cfsbench run --help',
      });
  };
  try {
    refused();
    assert.equal(write.mock.callCount(), 0);
  } finally {
    write.mock.restore();
  }
});
