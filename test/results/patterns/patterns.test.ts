// Lines read by their pattern, compared with what parsing them gives.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { Patterns } from '../../../results/patterns/patterns.ts';
import type { OkSample, Places } from '../../../results/patterns/symbols.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { checkSample } from '../../../results/shapes.ts';
import { exampleRun } from '../../report/support/example.ts';

interface Learned {
  readonly sample: OkSample;
  readonly places: Places;
}

const okSamples = exampleRun().samples.filter((sample) => sample.outcome === 'ok');
/** Of a run that was gone on with. */
const example = JSON.parse(
  JSON.stringify(okSamples[0]).replace('"slotNs":', '"session":1,"slotNs":'),
) as OkSample;

const learned = (samples: readonly OkSample[]): Patterns<Learned> => {
  const patterns = new Patterns<Learned>();
  for (const sample of samples)
    patterns.learn(JSON.stringify(sample), sample, (places) => ({ sample, places }));
  return patterns;
};

/** Behind the newline stands what the buffer held before: more of the same. */
const found = (patterns: Patterns<Learned>, text: string | Buffer): Learned | null => {
  const line = Buffer.from(text);
  const bytes = Buffer.concat([Buffer.from('}\n'), line, Buffer.from('\n'), line]);
  return patterns.find({ bytes, from: 2, to: 2 + line.length, whole: true });
};

/** What the tally makes of it, with all else as in the sample that the pattern was learned from. */
const readAs = (
  { sample, places }: Learned,
  numbers: Float64Array,
  { seq, order, slotNs, startedAt }: Sample,
): Sample => ({
  ...sample,
  seq,
  order,
  slotNs,
  startedAt,
  block: numbers[places.block]!,
  ...(places.session === null ? {} : { session: numbers[places.session]! }),
  values: Object.fromEntries(
    Object.keys(sample.values).map((metric, i) => [metric, numbers[places.values + i]!]),
  ),
});

const parsed = (text: string): Sample => checkSample(JSON.parse(text), 'line');

const agrees = (patterns: Patterns<Learned>, text: string): boolean => {
  const one = found(patterns, text);
  if (one === null) return false;
  const sample = parsed(text);
  assert.deepEqual(readAs(one, patterns.numbers, sample), sample, text);
  return true;
};

test('every line of a pattern gives the numbers that parsing it gives', () => {
  const patterns = learned(okSamples);
  for (const sample of okSamples) assert.ok(agrees(patterns, JSON.stringify(sample)));
});

test('numbers of every form', () => {
  const patterns = learned([example]);
  const [metric = ''] = Object.keys(example.values);
  for (const value of [
    ...[0, 7, 10, 999_999_999, 1_000_000_000, 2 ** 31, 2 ** 32, 999_999_999_999_999, 2 ** 53, 1e21],
    ...[-1, -0.5, 0.1, 1e-7, 3.6102665293706373, 123_456_789.125, Number.MAX_VALUE, Number.MIN_VALUE],
  ]) {
    const sample = { ...example, slotNs: value, values: { ...example.values, [metric]: value } };
    assert.ok(agrees(patterns, JSON.stringify(sample)), String(value));
  }
  for (const block of [0, 9, 123_456_789_012])
    assert.ok(agrees(patterns, JSON.stringify({ ...example, seq: block, block, session: block })));
});

test('what parsing would refuse, or make another sample of, is not recognised', () => {
  const patterns = learned([example]);
  const line = JSON.stringify(example);
  const replaced = (what: string | RegExp, by: string): string => {
    const other = line.replace(what, by);
    assert.notEqual(other, line);
    return other;
  };
  for (const text of [
    ...['-1', '1.5', '01', '+1', '1e3', '', '0x1', '1 ', 'null', '"1"', '9007199254740993'].map((block) =>
      replaced(/"block":\d+/, `"block":${block}`),
    ),
    ...['01', '00', '.5', '1.', '1e', '1e999', '-', '--1', '1_0', 'NaN', 'Infinity', 'null'].map((value) =>
      replaced(/WallNs":\d+/, `WallNs":${value}`),
    ),
    ...['', '\\u0041', '\\', '"', 'é', '\x01', '","seq":"1'].map((at) =>
      at === '' ? replaced(/"startedAt":"[^"]*",/, '') : replaced(/"startedAt":"/, `$&${at}`),
    ),
    replaced('"pass":"time"', '"pass":"count"'),
    replaced(example.arm, 'another'),
    replaced(example.arm, example.arm.slice(1)),
    replaced('"notes":[]', '"notes":["one"]'),
    replaced('}}', ',"moreNs":1}}'),
    ...['', '{', '}', line.slice(0, -1), line.slice(0, 40), `${line}}`, `${line} `, ` ${line}`, line + line],
  ])
    assert.equal(found(patterns, text), null, text);
});

test('a line with any one of its bytes changed is refused, or read as parsing reads it', () => {
  const patterns = learned(okSamples);
  const random = xoroshiro128plus(11);
  let recognised = 0;
  for (let i = 0; i < 30_000; i++) {
    const sample = okSamples[uniformInt(random, 0, okSamples.length - 1)]!;
    const bytes = Buffer.from(JSON.stringify(sample));
    const byte = i % 2 === 0 ? uniformInt(random, 0x20, 0x7e) : 0x30 + uniformInt(random, 0, 9);
    bytes[uniformInt(random, 0, bytes.length - 1)] = byte;
    if (agrees(patterns, bytes.toString('latin1'))) recognised++;
  }
  assert.ok(recognised > 3000, `${recognised}`);
});

test('only a line that reads as it would be written becomes a pattern', () => {
  const line = JSON.stringify(example);
  for (const text of [
    line.replace(':', ': '),
    line.replace('{', '{"seq":7,'),
    line.replace('"notes":[]', '"notes":["\\u0000"]'),
    line.replace(/"slotNs":\d+/, '"slotNs":1.0'),
  ]) {
    const sample = parsed(text);
    assert.ok(sample.outcome === 'ok');
    const patterns = new Patterns<Learned>();
    patterns.learn(text, sample, (places) => ({ sample, places }));
    assert.equal(found(patterns, text), null, text);
    assert.equal(found(patterns, text.replace('"\\u0000"', '7')), null);
  }
});

test('names that are hostile to objects, or hold bytes beyond ASCII, are names', () => {
  const hostile = JSON.stringify({ ...example, image: 'é\u2028"\\', notes: ['\u0003 block":1'] }).replace(
    '"values":{',
    '"values":{"7":1,"__proto__":2,"constructor":3,"toJSON":4,',
  );
  const sample = parsed(hostile);
  assert.ok(sample.outcome === 'ok');
  const patterns = new Patterns<Learned>();
  patterns.learn(hostile, sample, (places) => ({ sample, places }));
  assert.ok(agrees(patterns, hostile.replace('"__proto__":2', '"__proto__":12')));
  const { values } = found(patterns, hostile)!.places;
  assert.deepEqual([...patterns.numbers.slice(values, values + 4)], [1, 2, 3, 4]);
});

test('a line at the very end of the buffer is left to the parser', () => {
  const bytes = Buffer.from(`${JSON.stringify(example)}\n`);
  const line = { bytes, from: 0, to: bytes.length - 1, whole: true };
  assert.equal(learned([example]).find(line), null);
});
