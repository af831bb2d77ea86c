// The attack that cuts an image off: where it cuts, and which files it looks at.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBytes } from '../../harness/model/bytes.ts';
import { newTreeBuilder } from '../../harness/model/columns.ts';
import { type Inode, PLAIN_DIRECTORY, S_IFREG } from '../../harness/model/tree.ts';
import { weakestOf } from '../../scenarios/attacks.ts';
import { cutImage, objectFiles } from '../../scenarios/cut-image.ts';

const file = (payload: string): Inode => ({
  ...PLAIN_DIRECTORY,
  mode: S_IFREG | 0o644,
  size: 5n,
  payload,
  digest: 'd'.repeat(64),
});

const filesOf = (...payloads: readonly string[]) => {
  const builder = newTreeBuilder();
  builder.add(-1, '', PLAIN_DIRECTORY);
  for (const payload of payloads) builder.add(0, payload, file(payload));
  builder.add(0, 'empty', { ...file('none'), size: 0n });
  builder.add(0, 'inside', { ...file('none'), content: 'bytes' });
  builder.addLink(0, 'second', `/${payloads[0]}`);
  return objectFiles(builder.finish());
};

const cut = (image: string, ...payloads: readonly string[]) => {
  const made = cutImage(Buffer.from(image), filesOf(...payloads), ({ payload }) => toBytes(payload!));
  return { text: made.bytes.toString(), files: made.files.map(({ name }) => name) };
};

test('an image is cut through the first file behind its middle, and each file that loses bytes is looked at', () => {
  //                        |middle
  const image = '..front....half2....third.....';
  assert.deepEqual(cut(image, 'third', 'front', 'half2'), {
    text: '..front....half2....th',
    files: ['third'],
  });
  assert.deepEqual(cut('..front........half2.third.....', 'third', 'front', 'half2'), {
    text: '..front........ha',
    files: ['third', 'half2'],
  });
});

test('a file of which the image has an untouched copy is not looked at', () => {
  assert.deepEqual(cut('.twice...........twice...third...', 'twice', 'third').files, ['third']);
});

test('an image of which no file is behind the middle is not cut', () => {
  assert.throws(() => cut('.front..................', 'front'), { code: 'no-place' });
});

test('one served file is enough; refused files count before those that show what they had', () => {
  assert.equal(weakestOf(['AtOpen', 'Served', 'Unseen']), 'Served');
  assert.equal(weakestOf(['AtOpen', 'AtRead']), 'AtRead');
  assert.equal(weakestOf(['Unseen', 'AtOpen']), 'AtOpen');
  assert.equal(weakestOf(['Unseen']), 'Unseen');
});
