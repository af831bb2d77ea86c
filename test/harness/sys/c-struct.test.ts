import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CStruct } from '../../../harness/sys/c-struct.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The bytes of a struct that points to a struct that points to a buffer. */
const nested = (): { bytes: Buffer | null; readonly inner: WeakRef<Buffer> } => {
  const inner = Buffer.alloc(100_000);
  const list = new CStruct(8).pointer(inner);
  return { bytes: new CStruct(8).pointer(list.bytes).bytes, inner: new WeakRef(inner) };
};

test('the bytes of a struct keep what it points to alive, until they are collected', async () => {
  const made = nested();
  await setImmediate();
  collectGarbage();
  assert.notEqual(made.inner.deref(), undefined);
  made.bytes = null;
  await setImmediate();
  collectGarbage();
  assert.equal(made.inner.deref(), undefined);
});
