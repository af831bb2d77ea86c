import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { contentBytes, contentPieces } from '../../../harness/store/contents.ts';

describe('synthetic contents', () => {
  it('are the same at every offset and in pieces of any size', () => {
    const whole = contentBytes('seed', 0, 3_000_000);
    for (const [offset, length] of [
      [0, 1],
      [1, 15],
      [15, 2],
      [16, 100],
      [1_048_575, 3],
      [1_048_576, 1_048_577],
      [7, 2_500_000],
      [2_999_999, 1],
    ] as const)
      assert.deepEqual(
        contentBytes('seed', offset, length),
        whole.subarray(offset, offset + length),
        `${offset}`,
      );
  });

  it('differ between seeds, also with bytes above 127', () => {
    const seeds = ['', 'a', 'b', '\x80', '\xc2\x80'];
    assert.equal(new Set(seeds.map((seed) => contentBytes(seed, 0, 64).toString('hex'))).size, seeds.length);
  });

  it('come in pieces of at most 1 MiB', () => {
    const sizes = [...contentPieces('seed', 5, 2_500_000)].map((piece) => piece.length);
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      2_500_000,
    );
    assert.ok(Math.max(...sizes) <= 1 << 20);
  });

  // Computed with openssl: enc -aes-128-ctr, key = first half of the seed's SHA-256, iv 0.
  it('equal those of earlier versions, so that objects keep their digests', () => {
    assert.equal(
      createHash('sha256')
        .update(contentBytes('cfsbench', 7, 100_000))
        .digest('hex'),
      '7645ff5655a2843a8fac3cf8499273d3c178652ce8750a7e826ef004d3827e16',
    );
  });
});
