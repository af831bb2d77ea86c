import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  floorText,
  formatBytes,
  formatNs,
  formatPercent,
  formatRatio,
  formatValue,
  grouped,
  ratioText,
  runsApartText,
  shortName,
} from '../../report/format.ts';
import { shellLine } from '../../results/shell-line.ts';

test('times have the unit that leaves three digits', () => {
  assert.deepEqual([0, 4, 999, 12_345, 999_999, 1e6, 82e9].map(formatNs), [
    '0 ns',
    '4.00 ns',
    '999 ns',
    '12.3 µs',
    '1.00 ms',
    '1.00 ms',
    '82.0 s',
  ]);
});

test('bytes are scaled, counts are grouped', () => {
  assert.deepEqual([512, 1536, 3 * 2 ** 20].map(formatBytes), ['512 B', '1.50 KiB', '3.00 MiB']);
  assert.deepEqual([0, 999, 1000, 1234567].map(grouped), ['0', '999', '1,000', '1,234,567']);
  assert.equal(formatValue('fuseLookupCount', 3002), '3,002');
  assert.equal(formatValue('imagesPerSecond', 3.6178), '3.62/s');
  assert.equal(formatValue('imagesPerSecond', 1016.4), '1,016/s');
  assert.equal(formatValue('sustained50MsPerSecond', 0), '<8/s');
  assert.equal(formatValue('sustained50MsPerSecond', 512), '512/s');
  assert.equal(formatValue('sustained50MsPerSecond', 4096), '>=4,096/s');
});

test('ratios have two decimals near one, and tiny ones are not zero', () => {
  assert.deepEqual([1, 0.987, 10.24, 715.2, 1920.4, 0.0022, 0.000794, 1e-7, 0].map(formatRatio), [
    '1.00',
    '0.99',
    '10.2',
    '715',
    '1,920',
    '0.0022',
    '0.00079',
    '1e-7',
    '0',
  ]);
});

test('a number of four digits is grouped in every notation, also one that gets its fourth digit by rounding', () => {
  assert.deepEqual([999.4, 999.7, 1000].map(formatRatio), ['999', '1,000', '1,000']);
  assert.deepEqual(
    [999.4, 999.7, 1000].map((value) => formatValue('imagesPerSecond', value)),
    ['999/s', '1,000/s', '1,000/s'],
  );
  assert.deepEqual([5000e9, -5000e9].map(formatNs), ['5,000 s', '-5,000 s']);
  assert.equal(formatBytes(1010 * 2 ** 10), '1,010 KiB');
});

test('percentages keep the digits of a confidence', () => {
  assert.deepEqual([0.95, 0.9875].map(formatPercent), ['95 %', '98.75 %']);
});

test('names lose their unit, and command lines can be pasted', () => {
  assert.deepEqual(['mountWallNs', 'imagesPerSecond', 'mountUserNs'].map(shortName), [
    'mount',
    'images/s',
    'mountUserNs',
  ]);
  assert.equal(
    shellLine(['cfsbench', 'run', '--images', "dir:/it's here"]),
    `cfsbench run --images 'dir:/it'\\''s here'`,
  );
});

test('a ratio with its interval has one notation', () => {
  const ratio = { kind: 'interval', center: 1.5, lo: 0.98, hi: 3.52, confidence: 0.99, n: 8 } as const;
  assert.equal(ratioText(ratio), '1.50 (0.98..3.52)');
  assert.equal(ratioText({ ...ratio, center: 1900, lo: 0.000123, hi: 2000 }), '1,900 (0.00012..2,000)');
  assert.equal(ratioText({ kind: 'tooFew', n: 5, needed: 8 }), '5 of 8 blocks');
});

test('a spread between runs that would round to nothing is left out', () => {
  const ratio = { kind: 'interval', center: 1.5, lo: 0.98, hi: 3.52, confidence: 0.99, n: 40 } as const;
  const of = (sd: number) => ({ count: 5, sd });
  assert.equal(runsApartText(ratio), '');
  assert.equal(runsApartText({ ...ratio, runs: of(0.021) }), 'run sd 2.1 %');
  assert.equal(runsApartText({ ...ratio, runs: of(0.0006) }), 'run sd 0.1 %');
  assert.equal(runsApartText({ ...ratio, runs: of(0.0004) }), '');
  assert.equal(runsApartText({ ...ratio, machines: of(0.01), runs: of(0) }), 'machine sd 1.0 %');
  assert.equal(runsApartText({ ...ratio, machines: of(0), runs: of(0.02) }), 'run sd 2.0 %');
});

test('a difference below the floor is shown as the floor', () => {
  assert.deepEqual([20_000, 163.4, 1_500].map(floorText), ['<20us', '<163ns', '<1.50us']);
});
