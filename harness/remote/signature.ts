// Signs the digest of a file, and checks such a signature without reading the file.
//
// Source: RFC 8032 (Ed25519), by OpenSSL.
import { type KeyObject, sign as signBytes, verify as verifyBytes } from 'node:crypto';
import { UserError } from '../model/errors.ts';
import { keyId } from './keys.ts';
import {
  isName,
  NAME_RULE,
  parseSignature,
  type SignedText,
  signatureFile,
  signedBytes,
} from './signed-text.ts';

/** The bytes of a signature file. */
export const sign = (key: KeyObject, { name, sequence, bytes, digest }: Omit<SignedText, 'key'>): Buffer => {
  if (!isName(name))
    throw new UserError('an image cannot be signed under this name', {
      facts: [`name: ${name}`, `a name has ${NAME_RULE}`],
      hint: '--name NAME',
    });
  const text: SignedText = { name, sequence, bytes, digest, key: keyId(key) };
  return signatureFile({ text, signature: signBytes(null, signedBytes(text), key) });
};

/** Conditions that a valid signature must meet. */
export interface ExpectedSigner {
  readonly key: KeyObject;
  /** Absent: any name. */
  readonly name?: string;
  /** The newest version that is known. Absent: any. */
  readonly leastSequence?: number;
}

const refused = (code: string, why: string, facts: readonly string[] = [], hint?: string): UserError =>
  new UserError(why, { code, exit: 5, facts, ...(hint === undefined ? {} : { hint }) });

/** Returns the signed values. Throws with code `bad-signature`, `other-key`, `other-name` or `rollback`. */
export const verifySignature = (
  file: Uint8Array,
  { key, name, leastSequence }: ExpectedSigner,
): SignedText => {
  const { text, signature } = parseSignature(file);
  const id = keyId(key);
  if (text.key !== id)
    throw refused('other-key', 'the image is signed with another key', [
      `signed with: sha256 ${text.key}`,
      `given: sha256 ${id}`,
    ]);
  if (!verifyBytes(null, signedBytes(text), key, signature))
    throw refused('bad-signature', 'the signature is wrong: the text was changed after signing');
  if (name !== undefined && text.name !== name)
    throw refused('other-name', 'the signature belongs to an image of another name', [
      `signed: ${text.name}`,
      `expected: ${name}`,
    ]);
  if (leastSequence !== undefined && text.sequence < leastSequence)
    throw refused('rollback', 'the signed image is older than a version that is known', [
      `signed: sequence ${text.sequence}`,
      `known: sequence ${leastSequence}`,
    ]);
  return text;
};

/** Throws unless `digest`, of bytes that were received, is the one that was signed. */
export const checkSigned = (text: SignedText, digest: string): void => {
  if (digest === text.digest) return;
  throw refused('wrong-digest', 'the image is not the one that was signed', [
    `signed: ${text.digest}`,
    `found: ${digest}`,
  ]);
};
