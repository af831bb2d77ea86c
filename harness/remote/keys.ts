// Ed25519 keys in PEM files.
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readRegular } from '../../results/files.ts';
import { UserError } from '../model/errors.ts';

const PEM_BYTES = 64 * 1024;

type KeyKind = 'private' | 'public';

const MAKE: Readonly<Record<KeyKind, string>> = {
  private: 'openssl genpkey -algorithm ed25519 -out PRIVATE.pem',
  public: 'openssl pkey -in PRIVATE.pem -pubout -out PUBLIC.pem',
};

/** Labels of the PEM blocks of a file, such as `PRIVATE KEY`. */
const labelsOf = (pem: string): readonly string[] =>
  [...pem.matchAll(/^-----BEGIN ([A-Z0-9 ]+)-----\s*$/gm)].map(([, label]) => label!);

interface Unusable {
  readonly why: string;
  readonly hint?: string;
}

/** Why a file is not exactly one PEM block that can be this kind of key; null if it is. */
const whyUnusable = (pem: string, kind: KeyKind): Unusable | null => {
  const labels = labelsOf(pem);
  const [label] = labels;
  if (label === undefined) return { why: 'it is not in PEM format' };
  if (labels.length > 1) return { why: `it has ${labels.length} PEM blocks, not one` };
  if (label === 'ENCRYPTED PRIVATE KEY')
    return {
      why: 'it is encrypted with a passphrase',
      hint: 'openssl pkey -in ENCRYPTED.pem -out PRIVATE.pem',
    };
  if (label.endsWith('CERTIFICATE'))
    return {
      why: 'it is a certificate',
      hint: 'openssl x509 -in CERTIFICATE.pem -pubkey -noout >PUBLIC.pem',
    };
  const found = /(PUBLIC|PRIVATE) KEY$/.exec(label)?.[1]?.toLowerCase();
  if (found === kind) return null;
  return { why: found === undefined ? `it contains '${label}'` : `it is a ${found} key` };
};

const badKey = (path: string, kind: KeyKind, { why, hint = MAKE[kind] }: Unusable): UserError =>
  new UserError(`cannot use ${path} as a ${kind} key: ${why}`, { code: 'bad-key', hint });

const readKey = (path: string, kind: KeyKind): KeyObject => {
  const pem = readRegular(path, { mostBytes: PEM_BYTES, mayBeLink: true, hint: MAKE[kind] }).toString(
    'latin1',
  );
  const unusable = whyUnusable(pem, kind);
  if (unusable !== null) throw badKey(path, kind, unusable);
  let key: KeyObject;
  try {
    key = kind === 'private' ? createPrivateKey(pem) : createPublicKey(pem);
  } catch {
    // The message of OpenSSL names neither the file nor the fault.
    throw badKey(path, kind, { why: 'it is damaged' });
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw badKey(path, kind, { why: `it is of type ${key.asymmetricKeyType}, not ed25519` });
  return key;
};

/** `path`: a file that the user named. */
export const readPrivateKey = (path: string): KeyObject => readKey(path, 'private');
export const readPublicKey = (path: string): KeyObject => readKey(path, 'public');

/** SHA-256 of the public half as SubjectPublicKeyInfo: 64 hex digits. */
export const keyId = (key: KeyObject): string => {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(half.export({ type: 'spki', format: 'der' }))
    .digest('hex');
};
