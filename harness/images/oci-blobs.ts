// Blobs of an OCI image layout: found by digest, and checked against it.
//
// Source: OCI image specification: "Image Layout", "Content Descriptors".
import { createHash } from 'node:crypto';
import { closeSync, lstatSync, read } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openRegular, readRegular } from '../../results/files.ts';
import { show } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import { LIMITS } from '../model/input-limits.ts';

const CHUNK_BYTES = 1 << 20;
const readFrom = promisify(read);

const DIGEST_HEX: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };

/** Throws for an algorithm that this program does not compute. */
export const digestAlgorithm = (name: string): string => {
  if (Object.hasOwn(DIGEST_HEX, name)) return name;
  throw badLayout('a digest is neither sha256 nor sha512', `algorithm: ${show(name)}`);
};

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly platform: { readonly os: string; readonly architecture: string } | null;
}

export type LayoutJson =
  | null
  | boolean
  | number
  | string
  | readonly LayoutJson[]
  | { readonly [key: string]: LayoutJson };

export const badLayout = (rule: string, ...facts: string[]): UserError =>
  new UserError(`bad OCI layout: ${rule}`, { code: 'bad-oci', facts });

/** A member of an object; undefined if it is missing or `json` is no object. */
export const member = (json: LayoutJson | undefined, key: string): LayoutJson | undefined =>
  typeof json === 'object' && json !== null && !Array.isArray(json) && Object.hasOwn(json, key)
    ? (json as { readonly [key: string]: LayoutJson })[key]
    : undefined;

export const list = (json: LayoutJson | undefined): readonly LayoutJson[] =>
  Array.isArray(json) ? json : [];

/** Empty unless `json` is a string. */
export const text = (json: LayoutJson | undefined): string => (typeof json === 'string' ? json : '');

export const descriptorOf = (json: LayoutJson, where: string): Descriptor => {
  const digest = text(member(json, 'digest'));
  const sizeBytes = member(json, 'size');
  const [, algorithm = '', hex = ''] = /^(sha256|sha512):([0-9a-f]+)$/.exec(digest) ?? [];
  if (hex.length !== DIGEST_HEX[algorithm])
    throw badLayout(
      'a digest is not sha256 or sha512 in hex digits',
      `in: ${where}`,
      `digest: ${show(digest)}`,
    );
  if (typeof sizeBytes !== 'number' || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0)
    throw badLayout('a descriptor has no valid size', `in: ${where}`, `digest: ${digest}`);
  const annotations = Object.entries((member(json, 'annotations') ?? {}) as object);
  const platform = member(json, 'platform');
  return {
    mediaType: text(member(json, 'mediaType')),
    digest,
    sizeBytes,
    annotations: Object.fromEntries(annotations.filter(([, value]) => typeof value === 'string')),
    platform:
      platform === undefined
        ? null
        : { os: text(member(platform, 'os')), architecture: text(member(platform, 'architecture')) },
  };
};

/** Path of a blob, after a check of its type and size. */
export const blobPath = (layout: string, { digest, sizeBytes }: Descriptor): string => {
  const path = join(layout, 'blobs', ...digest.split(':'));
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw badLayout('a blob is missing', `blob: ${digest}`, `path: ${path}`);
  if (stat.isSymbolicLink()) throw badLayout('a blob is a symlink, which is not followed', `path: ${path}`);
  if (!stat.isFile()) throw badLayout('a blob is not a regular file', `path: ${path}`);
  if (stat.size !== sizeBytes)
    throw badLayout(
      'the size of a blob differs from its descriptor',
      `blob: ${digest}`,
      `stated: ${sizeBytes}`,
      `found: ${stat.size}`,
    );
  return path;
};

export const checkDigest = (stated: string, computed: string, part: string): void => {
  if (stated !== computed)
    throw badLayout(`the digest of ${part} is wrong`, `stated: ${stated}`, `computed: ${computed}`);
};

/** The bytes of an open blob. Throws after the last one if the digest is wrong. */
export async function* blobBytes(fd: number, { digest, sizeBytes }: Descriptor): AsyncGenerator<Buffer> {
  const algorithm = digest.split(':')[0]!;
  const hash = createHash(algorithm);
  for (let at = 0; at < sizeBytes; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, sizeBytes - at));
    const { bytesRead } = await readFrom(fd, chunk, 0, chunk.length, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    const filled = chunk.subarray(0, bytesRead);
    hash.update(filled);
    yield filled;
  }
  checkDigest(digest, `${algorithm}:${hash.digest('hex')}`, 'a blob');
}

const parseJson = (bytes: Uint8Array, where: string): LayoutJson => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as LayoutJson;
  } catch (error) {
    throw badLayout('not JSON', `in: ${where}`, show(String((error as Error).message)));
  }
};

export const readJsonFile = (path: string): LayoutJson => {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined)
    throw badLayout('a file is missing', `path: ${path}`);
  return parseJson(readRegular(path, { mostBytes: LIMITS.layoutJsonBytes }), path);
};

export const readJsonBlob = async (layout: string, descriptor: Descriptor): Promise<LayoutJson> => {
  if (descriptor.sizeBytes > LIMITS.layoutJsonBytes)
    throw badLayout('a manifest is too large', `blob: ${descriptor.digest}`, `size: ${descriptor.sizeBytes}`);
  const { fd } = openRegular(blobPath(layout, descriptor));
  try {
    const parts: Buffer[] = [];
    for await (const part of blobBytes(fd, descriptor)) parts.push(part);
    return parseJson(Buffer.concat(parts), descriptor.digest);
  } finally {
    closeSync(fd);
  }
};
