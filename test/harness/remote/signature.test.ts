// Signatures: what is accepted, and the one sentence for each way in which they are wrong.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { UserError } from '../../../harness/model/errors.ts';
import { seeded } from '../../../harness/model/random.ts';
import { keyId } from '../../../harness/remote/keys.ts';
import { checkSigned, sign, verifySignature } from '../../../harness/remote/signature.ts';
import { isName, parseSignature, signatureFile } from '../../../harness/remote/signed-text.ts';

const mine = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const digest = 'ab'.repeat(32);
const file = sign(mine.privateKey, { name: 'debian', sequence: 7, bytes: 4096, digest });
const expected = { key: mine.publicKey };

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
  return 'accepted';
};

test('a signature says name, sequence and digest, and which key made it', () => {
  const text = { name: 'debian', sequence: 7, bytes: 4096, digest, key: keyId(mine.publicKey) };
  assert.deepEqual(verifySignature(file, expected), text);
  assert.deepEqual(verifySignature(file, { ...expected, name: 'debian', leastSequence: 7 }), text);
});

test('another key, another name and an older version are told apart', () => {
  assert.equal(
    codeOf(() => verifySignature(file, { key: other.publicKey })),
    'other-key',
  );
  assert.equal(
    codeOf(() => verifySignature(file, { ...expected, name: 'alpine' })),
    'other-name',
  );
  assert.equal(
    codeOf(() => verifySignature(file, { ...expected, leastSequence: 8 })),
    'rollback',
  );
});

test('a text that was changed and still names the key is not accepted', () => {
  const { text, signature } = parseSignature(file);
  for (const change of [{ name: 'debias' }, { sequence: 8 }, { bytes: 4097 }, { digest: 'ac'.repeat(32) }])
    assert.equal(
      codeOf(() => verifySignature(signatureFile({ text: { ...text, ...change }, signature }), expected)),
      'bad-signature',
    );
});

test('every changed, missing or additional byte of the file is noticed', () => {
  const random = seeded('signature');
  for (let at = 0; at < file.length; at++) {
    const changed = Buffer.from(file);
    changed[at] = changed[at]! ^ (1 << random.int(0, 7));
    assert.match(
      codeOf(() => verifySignature(changed, expected)),
      /^(bad-signature|other-key)$/,
      `byte ${at}`,
    );
    assert.equal(
      codeOf(() => verifySignature(file.subarray(0, at), expected)),
      'bad-signature',
      `${at} bytes`,
    );
  }
  for (const more of ['\n', ' ', 'signature ed25519 x\n', 'x'.repeat(4096)])
    assert.equal(
      codeOf(() => verifySignature(Buffer.concat([file, Buffer.from(more)]), expected)),
      'bad-signature',
    );
});

test('the digest of what arrived is compared with the signed one', () => {
  const text = verifySignature(file, expected);
  checkSigned(text, digest);
  assert.equal(
    codeOf(() => checkSigned(text, 'ac'.repeat(32))),
    'wrong-digest',
  );
});

test('a name cannot leave its folder, end a line or begin an option', () => {
  for (const name of ['debian-12', 'a', 'x.y_z+1:2@3']) assert.ok(isName(name), name);
  for (const name of ['', '..', '.a', '-a', 'a/b', 'a\nb', 'a b', 'é', 'a'.repeat(129)])
    assert.equal(
      codeOf(() => sign(mine.privateKey, { name, sequence: 1, bytes: 1, digest })),
      'error',
      name,
    );
});
