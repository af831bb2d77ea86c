import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '../../../harness/model/errors.ts';
import { refuseSame } from '../../../harness/runner/different.ts';

const image = (source: string, manifestDigest: string) => ({ name: source, source, manifestDigest });

test('an image under two names is not compared with itself, and the error has both names', () => {
  const [one, other] = [image('synthetic:layers=2', 'aa'), image('synthetic:layers=3', 'aa')];
  assert.throws(
    () => refuseSame([one, image('fixture:x', 'bb'), other]),
    (error) =>
      error instanceof UserError &&
      error.code === 'same-image' &&
      /^synthetic:layers=2 and synthetic:layers=3 are the same image/.test(error.message) &&
      error.facts.some((fact) => fact.includes('aa')),
  );
});

test('different images are compared, and a single image is accepted', () => {
  refuseSame([image('fixture:x', 'aa'), image('fixture:y', 'bb')]);
  refuseSame([image('fixture:x', 'aa')]);
});
