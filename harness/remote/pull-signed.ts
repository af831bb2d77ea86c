// Fetches a file whose digest is signed: first its signature, which is checked, then the signed number of bytes.
import type { KeyObject } from 'node:crypto';
import { UserError } from '../model/errors.ts';
import { verityDigest } from '../store/verity.ts';
import { refusal } from './refused.ts';
import type { Remote } from './request.ts';
import { signaturePath } from './served.ts';
import { checkSigned, verifySignature } from './signature.ts';
import { SIGNATURE_BYTES, type SignedText } from './signed-text.ts';

export interface SignedSource {
  readonly remote: Remote;
  readonly key: KeyObject;
  /** The newest sequence that this client has seen. */
  readonly leastSequence?: number;
}

export interface SignedFile {
  readonly text: SignedText;
  readonly bytes: Buffer;
}

interface SignedRequest {
  /** For errors: `the manifest of debian`. */
  readonly what: string;
  readonly path: string;
  /** The name that must be signed. */
  readonly name: string;
  readonly mostBytes: number;
}

/** Puts the name of the request in front of errors. */
const about = <T>(what: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, code, exit, facts } = error;
    throw new UserError(`${what}: ${message}`, { code, exit, facts });
  }
};

const collected = async (remote: Remote, wanted: Parameters<Remote['get']>[0]): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  await remote.get(wanted, (piece) => pieces.push(piece));
  return Buffer.concat(pieces);
};

/** Throws unless signature, name, sequence, size and digest are right. Nothing is parsed before. */
export const pullSigned = async (
  { remote, key, leastSequence }: SignedSource,
  { what, path, name, mostBytes }: SignedRequest,
): Promise<SignedFile> => {
  const file = await collected(remote, {
    what: `the signature of ${what}`,
    path: signaturePath(path),
    bytes: SIGNATURE_BYTES,
    orFewer: true,
  });
  const text = about(what, () =>
    verifySignature(file, { key, name, ...(leastSequence === undefined ? {} : { leastSequence }) }),
  );
  if (text.bytes > mostBytes)
    throw refusal(what, 'long', `${text.bytes} bytes are signed, more than the limit of ${mostBytes}`);
  const bytes = await collected(remote, { what, path, bytes: text.bytes });
  about(what, () => checkSigned(text, verityDigest(bytes)));
  return { text, bytes };
};
