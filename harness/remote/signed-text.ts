// The text that is signed for an image, and the file that holds it with its signature.
//
//   cfsbench image signature 1
//   name debian-12-base
//   sequence 7
//   bytes 4096
//   digest fs-verity-sha256 HEX
//   key sha256 HEX
//   signature ed25519 BASE64
//
// Signed are the bytes of all lines but the last, with their line feeds. There is one text for the same values: a file that differs from
// it in a single byte is refused.
import { UserError } from '../model/errors.ts';

/** The values that a signature covers. */
export interface SignedText {
  readonly name: string;
  /** Grows with each version of the image of this name. */
  readonly sequence: number;
  /** Size of the signed file. */
  readonly bytes: number;
  /** fs-verity SHA-256 of the signed file, 64 hex digits. */
  readonly digest: string;
  /** SHA-256 of the public key as SubjectPublicKeyInfo, 64 hex digits. */
  readonly key: string;
}

export interface SignatureFile {
  readonly text: SignedText;
  /** Ed25519, 64 bytes. */
  readonly signature: Buffer;
}

/** Largest size of the file. */
export const SIGNATURE_BYTES = 1024;
const ED25519_BYTES = 64;

/** It is part of paths and URLs. */
export const NAME_RULE = '1 to 128 letters, digits or . _ - + : @, the first a letter or digit';
export const isName = (text: string): boolean => /^[A-Za-z0-9][\w.+:@-]{0,127}$/.test(text);

export const signedBytes = ({ name, sequence, bytes, digest, key }: SignedText): Buffer =>
  Buffer.from(
    `cfsbench image signature 1\nname ${name}\nsequence ${sequence}\nbytes ${bytes}\ndigest fs-verity-sha256 ${digest}\nkey sha256 ${key}\n`,
  );

export const signatureFile = ({ text, signature }: SignatureFile): Buffer =>
  Buffer.concat([signedBytes(text), Buffer.from(`signature ed25519 ${signature.toString('base64')}\n`)]);

const bad = (why: string): UserError =>
  new UserError(`not a signature file of cfsbench: ${why}`, {
    code: 'bad-signature',
    exit: 5,
    hint: 'cfsbench image sign IMAGE --key PRIVATE.pem',
  });

const LINES: readonly (readonly [name: string, rule: RegExp])[] = [
  ['the first line', /^cfsbench image signature 1$/],
  ['name', /^name (.+)$/],
  ['sequence', /^sequence (0|[1-9]\d{0,15})$/],
  ['bytes', /^bytes (0|[1-9]\d{0,15})$/],
  ['digest', /^digest fs-verity-sha256 ([0-9a-f]{64})$/],
  ['key', /^key sha256 ([0-9a-f]{64})$/],
  ['signature', /^signature ed25519 ([A-Za-z0-9+/]{86}==)$/],
];

/** Parses the file; checks no signature. */
export const parseSignature = (file: Uint8Array): SignatureFile => {
  if (file.length === 0) throw bad('it is empty');
  if (file.length > SIGNATURE_BYTES) throw bad(`it has more than ${SIGNATURE_BYTES} bytes`);
  const lines = Buffer.from(file).toString('latin1').split('\n');
  const [, name, sequence, bytes, digest, key, signature] = LINES.map(([title, rule], i) => {
    const found = rule.exec(lines[i] ?? '');
    if (found === null) throw bad(`line ${i + 1} is wrong (${title})`);
    return found[1] ?? '';
  }) as [string, string, string, string, string, string, string];
  if (!isName(name)) throw bad('line 2 is wrong (name)');
  if (!Number.isSafeInteger(Number(sequence))) throw bad('line 3 is wrong (sequence)');
  if (!Number.isSafeInteger(Number(bytes))) throw bad('line 4 is wrong (bytes)');
  const parsed: SignatureFile = {
    text: { name, sequence: Number(sequence), bytes: Number(bytes), digest, key },
    signature: Buffer.from(signature, 'base64'),
  };
  if (parsed.signature.length !== ED25519_BYTES || !signatureFile(parsed).equals(file))
    throw bad('it has bytes that its writer does not write');
  return parsed;
};
