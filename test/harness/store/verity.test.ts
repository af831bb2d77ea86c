import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { contentBytes } from '../../../harness/store/contents.ts';
import { VerityHasher, verityDigest } from '../../../harness/store/verity.ts';

const sha = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** A naive implementation of the format's definition, level by level. */
const naive = (bytes: Uint8Array): string => {
  const hashesOf = (data: Uint8Array): Buffer[] => {
    const hashes: Buffer[] = [];
    for (let at = 0; at < data.length; at += 4096) {
      const block = Buffer.alloc(4096);
      block.set(data.subarray(at, at + 4096));
      hashes.push(sha(block));
    }
    return hashes;
  };
  let hashes = bytes.length === 0 ? [Buffer.alloc(32)] : hashesOf(bytes);
  while (hashes.length > 1) hashes = hashesOf(Buffer.concat(hashes));
  const descriptor = Buffer.alloc(256);
  descriptor.set([1, 1, 12, 0]);
  descriptor.writeBigUInt64LE(BigInt(bytes.length), 8);
  hashes[0]!.copy(descriptor, 16);
  return sha(descriptor).toString('hex');
};

const SIZES = [
  0,
  1,
  4095,
  4096,
  4097,
  8192,
  128 * 4096 - 1,
  128 * 4096,
  128 * 4096 + 1,
  129 * 4096,
  300 * 4096 + 7,
];
const THREE_LEVELS = 128 * 128 * 4096 + 1;

describe('fs-verity digests', () => {
  it('of the empty file equal those of the kernel', () => {
    // `fsverity digest` of an empty file.
    assert.equal(
      verityDigest(Buffer.alloc(0)),
      '3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95',
    );
  });

  for (const size of [...SIZES, THREE_LEVELS])
    it(`match the definition at ${size} bytes`, () => {
      const bytes = contentBytes('verity', 0, size);
      assert.equal(verityDigest(bytes), naive(bytes));
    });

  it('skip runs of zeros of any length, anywhere', () => {
    const data = contentBytes('zeros', 0, 5000);
    const check = (before: number, zeros: number, after: number): void => {
      const [first, last] = [data.subarray(0, before), data.subarray(0, after)];
      const skipping = new VerityHasher().update(first).updateZeros(zeros).update(last);
      const whole = verityDigest(Buffer.concat([first, Buffer.alloc(zeros), last]));
      assert.equal(skipping.digest(), whole, `${before} ${zeros} ${after}`);
    };
    for (const before of [0, 1, 4096, 4999])
      for (const zeros of [1, 4095, 4096, 127 * 4096, 128 * 4096, 128 * 4096 + 1, 300 * 4096 + 7])
        for (const after of [0, 1, 5000]) check(before, zeros, after);
    check(4096, THREE_LEVELS, 1);
    const halves = new VerityHasher()
      .updateZeros(200 * 4096 + 5)
      .updateZeros(400 * 4096 - 5)
      .digest();
    assert.equal(halves, verityDigest(Buffer.alloc(600 * 4096)));
  });

  it('do not depend on the pieces', () => {
    const bytes = contentBytes('pieces', 0, 600_001);
    for (const piece of [1000, 4095, 4096, 4097, 65536]) {
      const hasher = new VerityHasher();
      for (let at = 0; at < bytes.length; at += piece) hasher.update(bytes.subarray(at, at + piece));
      assert.equal(hasher.digest(), naive(bytes), `pieces of ${piece}`);
    }
  });
});
