import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginConditions } from '../../../harness/cli/watch-conditions.ts';
import type { Conditions } from '../../../results/schema/machine.ts';

const conditionsOf = (...texts: readonly string[]): Conditions =>
  ({
    judged: texts.map((text) => ({ id: 'busy', severity: 'noise', text, hint: 'end them' })),
  }) as unknown as Conditions;

test('--strict refuses noise of now; noise of an earlier session stays with the run, which can be finished', () => {
  const lines: string[] = [];
  const begin = (earlier: Conditions | undefined, now: Conditions) =>
    beginConditions(earlier, now, { isStrict: true, print: (line) => lines.push(line) });
  const texts = ({ judged }: Conditions) => judged.map(({ text }) => text);
  assert.throws(() => begin(undefined, conditionsOf('busy now')), { exit: 4, facts: ['busy now'] });
  assert.throws(() => begin(conditionsOf('busy then'), conditionsOf('busy now')), { facts: ['busy now'] });
  lines.length = 0;
  assert.deepEqual(texts(begin(conditionsOf('busy then'), conditionsOf())), ['busy then']);
  assert.equal(lines.length, 1);
});
