// `cfsbench image sign` and `image verify`: a signature beside an image file, made and checked without a kernel feature.

import { basename } from 'node:path';
import { ResultsError } from '../../results/errors.ts';
import { readRegular } from '../../results/files.ts';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import { inspectImage } from '../erofs/inspect.ts';
import { UserError } from '../model/errors.ts';
import { LIMITS } from '../model/input-limits.ts';
import { readPrivateKey, readPublicKey } from '../remote/keys.ts';
import { checkSigned, sign, verifySignature } from '../remote/signature.ts';
import { parseSignature, SIGNATURE_BYTES, type SignedText } from '../remote/signed-text.ts';
import { verityDigest } from '../store/verity.ts';
import { naming, readImageFile } from './image.ts';
import { writeOut } from './write-out.ts';

const MS_PER_S = 1000;

/** Default path of the signature of an image. */
const beside = (image: string): string => `${image}.sig`;

const print = (path: string, { name, sequence, digest, key }: SignedText): void => {
  const facts = [`name ${name}`, `sequence ${sequence}`, `fs-verity ${digest}`, `key sha256 ${key}`];
  process.stdout.write(`${visible(path)}\n${facts.map((fact) => `  ${fact}\n`).join('')}`);
};

export interface SignOptions {
  readonly key: string;
  readonly out?: string;
  readonly name?: string;
  readonly sequence?: number;
}

export const signImage = async (path: string, options: SignOptions): Promise<void> => {
  const key = readPrivateKey(options.key);
  const image = readImageFile(path);
  // Nothing but an image is signed.
  naming(path, () => inspectImage(image));
  const file = sign(key, {
    name: options.name ?? basename(path).replace(/\.\w+$/, ''),
    sequence: options.sequence ?? Math.floor(Date.now() / MS_PER_S),
    bytes: image.length,
    digest: verityDigest(image),
  });
  const out = options.out ?? beside(path);
  await writeOut([file], out);
  print(out, parseSignature(file).text);
};

export interface VerifyOptions {
  readonly key: string;
  readonly name?: string;
  readonly least?: number;
}

interface Received {
  readonly mostBytes: number;
  /** What a longer file is not. */
  readonly refusal: string;
  readonly hint?: string;
}

/** A file that is too large is not the signed one, which was read to be signed: it is refused as one with another byte is. */
const readReceived = (path: string, { mostBytes, refusal, ...hint }: Received): Buffer => {
  try {
    return readRegular(path, { mostBytes, mayBeLink: true, ...hint });
  } catch (error) {
    if (!(error instanceof ResultsError) || error.code !== 'too-large') throw error;
    throw new UserError(refusal, { exit: 5, code: error.code, facts: [`file: ${path}`, ...error.facts] });
  }
};

/** Throws with exit code 5 unless signature, name, sequence and digest are right. The image is not parsed. */
export const verifyImage = (path: string, signature: string | undefined, options: VerifyOptions): void => {
  const key = readPublicKey(options.key);
  const signaturePath = signature ?? beside(path);
  const file = readReceived(signaturePath, {
    mostBytes: SIGNATURE_BYTES,
    refusal: 'not a signature file of cfsbench: it is too large',
    hint: shellLine(['cfsbench', 'image', 'sign', path, '--key', 'PRIVATE.pem']),
  });
  const text = naming(signaturePath, () =>
    verifySignature(file, {
      key,
      ...(options.name === undefined ? {} : { name: options.name }),
      ...(options.least === undefined ? {} : { leastSequence: options.least }),
    }),
  );
  const image =
    text.bytes > LIMITS.imageBytes
      ? readImageFile(path)
      : readReceived(path, { mostBytes: text.bytes, refusal: 'the image is not the one that was signed' });
  naming(path, () => checkSigned(text, verityDigest(image)));
  print(path, text);
};
