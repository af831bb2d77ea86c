import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { encodeHistogram, mergeHistograms } from '../../../results/stats/histogram.ts';
import { seededUniform } from '../../../results/stats/seeded.ts';

test('values of several samples become one histogram, to three digits', () => {
  const random = seededUniform(21);
  const values = Array.from({ length: 2000 }, () => Math.round(10 ** (3 + 6 * random())));
  const merged = mergeHistograms([encodeHistogram(values.slice(0, 700)), encodeHistogram(values.slice(700))]);
  const sorted = [...values].sort((a, b) => a - b);
  assert.equal(merged.totalCount, values.length);
  for (const percent of [50, 90, 99, 99.5]) {
    const exact = sorted[Math.ceil((percent / 100) * sorted.length) - 1]!;
    const read = merged.getValueAtPercentile(percent);
    assert.ok(Math.abs(read - exact) <= exact / 1000, `${percent}: ${read}, exactly ${exact}`);
  }
});

test('a thousand values take less than four kilobytes', () => {
  const values = Array.from({ length: 1000 }, (_, i) => 1e5 + i * 997);
  assert.ok(encodeHistogram(values).length < 4096);
});

test('a damaged histogram is an error', () => {
  const whole = encodeHistogram([1, 2, 3]);
  assert.throws(() => mergeHistograms([whole.slice(0, 20)]));
});

const sized = (bytes: readonly number[], digits = 3): Buffer => {
  const plain = Buffer.alloc(40 + bytes.length);
  plain.writeUInt32BE(0x1c849313, 0);
  plain.writeUInt32BE(bytes.length, 4);
  plain.writeUInt32BE(1, 8);
  plain.writeUInt32BE(digits, 12);
  plain.writeBigUInt64BE(1n, 16);
  plain.writeBigUInt64BE(BigInt(Number.MAX_SAFE_INTEGER), 24);
  plain.writeBigUInt64BE(1n, 32);
  plain.set(bytes, 40);
  return plain;
};

const packed = (plain: Buffer): string => {
  const deflated = deflateSync(plain);
  const outer = Buffer.alloc(8);
  outer.writeUInt32BE(0x1c849314, 0);
  outer.writeUInt32BE(deflated.length, 4);
  return Buffer.concat([outer, deflated]).toString('base64');
};

test('values of every size are read back, as the library reads them', () => {
  const values = [0, 1, 2, 1023, 1024, 2047, 2048, 2049, 4096, 65_537, 1e6, 1e9 + 7, 1e12, 2 ** 52];
  for (const some of [values, ...values.map((one) => [one]), Array.from({ length: 300 }, () => 77)]) {
    const encoded = encodeHistogram(some);
    const [merged, library] = [mergeHistograms([encoded]), decodeFromCompressedBase64(encoded, 64)];
    assert.equal(merged.totalCount, some.length);
    for (const percent of [1, 10, 25, 50, 75, 90, 100])
      assert.equal(merged.getValueAtPercentile(percent), library.getValueAtPercentile(percent), `${some}`);
  }
  assert.equal(mergeHistograms([packed(sized([0x02, 0x05, 0x04]))]).totalCount, 3);
});

test('a histogram that skips more values than there are is refused at once', () => {
  // About 2^52 values without a count, then one value.
  const skip = [0xff, ...Array<number>(6).fill(0x80), 0x0f, 0x02];
  const started = process.cpuUsage();
  assert.ok(packed(sized(skip)).length <= 80);
  assert.throws(() => mergeHistograms([packed(sized(skip))]), /beyond the largest/);
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 1e6, `${user + system} us`);
});

test('a histogram is refused if it is too large, of another kind, cut, or counts too many values', () => {
  const whole = encodeHistogram([1, 2, 3]);
  const most = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1e];
  const refused: readonly (readonly [string, RegExp])[] = [
    ['A'.repeat(600_000), /too long/],
    [`${whole.slice(0, 12)}\n${whole.slice(12)}`, /not base64/],
    [Buffer.from('hello, this is none').toString('base64'), /not of version 2/],
    [packed(Buffer.alloc(50_000_000)), /larger than/],
    [packed(sized([0x02], 5)), /other digits/],
    [packed(sized([0x02, 0x80])), /without an end/],
    [packed(sized([...most, ...most])), /too many values/],
    [packed(Buffer.concat([sized([0x02]), Buffer.alloc(1)])), /another length/],
  ];
  for (const [encoded, reason] of refused) assert.throws(() => mergeHistograms([encoded]), reason);
});
