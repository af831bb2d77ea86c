// fs-verity digests: SHA-256, 4096-byte blocks, no salt. The name of an object is the digest of its bytes.
//
// Source: Documentation/filesystems/fsverity.rst (Merkle tree, struct fsverity_descriptor).
import { createHash, hash } from 'node:crypto';
import type { ByteString } from '../model/bytes.ts';

const BLOCK_BYTES = 4096;
const HASH_BYTES = 32;
const DESCRIPTOR_BYTES = 256;
/** Version 1, SHA-256, 2^12-byte blocks, no salt. */
const DESCRIPTOR_HEAD = [1, 1, 12, 0];

// One call per block; a hash object per block would be a third slower.
const sha256: (block: Uint8Array, encoding: 'binary' | 'hex') => string =
  typeof hash === 'function'
    ? (block, encoding) => hash('sha256', block, encoding)
    : (block, encoding) => createHash('sha256').update(block).digest(encoding);

// Reused by every call, so that a small file costs no allocation.
const block = Buffer.alloc(BLOCK_BYTES);
const descriptor = Buffer.alloc(DESCRIPTOR_BYTES);
descriptor.set(DESCRIPTOR_HEAD, 0);

const describe = (root: ByteString, sizeBytes: number): string => {
  descriptor.writeBigUInt64LE(BigInt(sizeBytes), 8);
  descriptor.write(root, 16, 'latin1');
  return sha256(descriptor, 'hex');
};

const HASHES_PER_BLOCK = BLOCK_BYTES / HASH_BYTES;
const ZERO_BLOCK = Buffer.alloc(BLOCK_BYTES);
const zeroHashes: ByteString[] = [];

/** Of a subtree of zeros: depth 0 is one block, depth 1 is 128. */
const zeroHash = (depth: number): ByteString => {
  zeroHashes[depth] ??=
    depth === 0
      ? sha256(ZERO_BLOCK, 'binary')
      : sha256(Buffer.from(zeroHash(depth - 1).repeat(HASHES_PER_BLOCK), 'latin1'), 'binary');
  return zeroHashes[depth]!;
};

/** The hashes of one Merkle tree level that do not fill a block yet. */
interface MerkleLevel {
  readonly block: Buffer;
  filledBytes: number;
  /** This level had more than one hash, so it is not the root. */
  spilled: boolean;
}

/** Computes a digest from pieces of any size. */
export class VerityHasher {
  #sizeBytes = 0;
  readonly #rest = Buffer.allocUnsafe(BLOCK_BYTES);
  #restBytes = 0;
  readonly #levels: MerkleLevel[] = [];

  update(bytes: Uint8Array): this {
    this.#sizeBytes += bytes.length;
    let at = 0;
    if (this.#restBytes > 0) {
      at = Math.min(BLOCK_BYTES - this.#restBytes, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#restBytes);
      this.#restBytes += at;
      if (this.#restBytes < BLOCK_BYTES) return this;
      this.#push(0, sha256(this.#rest, 'binary'));
      this.#restBytes = 0;
    }
    for (; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES)
      this.#push(0, sha256(bytes.subarray(at, at + BLOCK_BYTES), 'binary'));
    this.#rest.set(bytes.subarray(at), 0);
    this.#restBytes = bytes.length - at;
    return this;
  }

  /** As `update` with this number of zero bytes, in a time that does not depend on it. */
  updateZeros(count: number): this {
    const first = this.#restBytes === 0 ? 0 : Math.min(BLOCK_BYTES - this.#restBytes, count);
    if (first > 0) this.update(ZERO_BLOCK.subarray(0, first));
    const last = (count - first) % BLOCK_BYTES;
    this.#sizeBytes += count - first - last;
    this.#pushZeros((count - first - last) / BLOCK_BYTES);
    return this.update(ZERO_BLOCK.subarray(0, last));
  }

  /** As few subtrees as possible. */
  #pushZeros(blocks: number): void {
    for (let left = blocks; left > 0; ) {
      let depth = 0;
      let span = 1;
      for (; span * HASHES_PER_BLOCK <= left && this.#isAtStart(depth); depth++) {
        this.#levels[depth]!.spilled = true;
        span *= HASHES_PER_BLOCK;
      }
      this.#push(depth, zeroHash(depth));
      left -= span;
    }
  }

  /** Whether the next hash of this level begins a block of hashes. */
  #isAtStart(depth: number): boolean {
    const level = this.#level(depth);
    if (level.filledBytes === BLOCK_BYTES) this.#spill(depth, level);
    return level.filledBytes === 0;
  }

  #level(depth: number): MerkleLevel {
    const known = this.#levels[depth];
    if (known !== undefined) return known;
    const level = { block: Buffer.allocUnsafe(BLOCK_BYTES), filledBytes: 0, spilled: false };
    this.#levels.push(level);
    return level;
  }

  /** 64 hex digits. The hasher must not be used afterwards. */
  digest(): string {
    if (this.#restBytes > 0) this.#push(0, sha256(this.#rest.fill(0, this.#restBytes), 'binary'));
    return describe(this.#root(), this.#sizeBytes);
  }

  #push(depth: number, hashed: string): void {
    const level = this.#level(depth);
    if (level.filledBytes === BLOCK_BYTES) this.#spill(depth, level);
    level.block.write(hashed, level.filledBytes, 'latin1');
    level.filledBytes += HASH_BYTES;
  }

  #spill(depth: number, level: MerkleLevel): void {
    level.spilled = true;
    this.#push(depth + 1, sha256(level.block.fill(0, level.filledBytes), 'binary'));
    level.filledBytes = 0;
  }

  #root(): ByteString {
    if (this.#levels.length === 0) return '\0'.repeat(HASH_BYTES);
    for (let depth = 0; ; depth++) {
      const level = this.#levels[depth]!;
      if (!level.spilled && level.filledBytes === HASH_BYTES)
        return level.block.toString('latin1', 0, HASH_BYTES);
      if (level.filledBytes > 0) this.#spill(depth, level);
    }
  }
}

/** 64 hex digits. */
export const verityDigest = (bytes: Uint8Array): string => {
  if (bytes.length === 0 || bytes.length > BLOCK_BYTES) return new VerityHasher().update(bytes).digest();
  block.fill(0, bytes.length).set(bytes);
  return describe(sha256(block, 'binary'), bytes.length);
};
