import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asciiText,
  definitionLines,
  splitAt,
  tableLines,
  truncate,
  wrapText,
  wrapWords,
} from '../../report/text.ts';

test('text becomes printable ASCII', () => {
  assert.equal(asciiText('20 µs × 3 – “a”…'), '20 us x 3 - \\u{201c}a\\u{201d}...');
  assert.equal(asciiText('\u001b[31m'), '\\u{1b}[31m');
});

test('words are wrapped at the width, with an indent and a hanging indent', () => {
  assert.deepEqual(wrapText('one two  three', 8), ['one two', 'three']);
  assert.deepEqual(wrapText('one two three', 9, { indent: '- ', hanging: '  ' }), ['- one two', '  three']);
  assert.deepEqual(wrapText('', 8, { indent: '  ' }), ['  ']);
});

test('a word that is wider than a line overflows, or is broken on request', () => {
  const word = 'x'.repeat(20);
  assert.deepEqual(wrapText(`a ${word} b`, 10), ['a', word, 'b']);
  assert.deepEqual(wrapText(`a ${word}`, 10, { breakWords: true }), ['a', 'x'.repeat(10), 'x'.repeat(10)]);
});

test('words with spaces of their own are kept together', () => {
  assert.deepEqual(wrapWords(['run', "'dir:/two words'"], 12), ['run', "'dir:/two words'"]);
});

test('cut text ends in dots and fits its width', () => {
  assert.equal(truncate('a long text', 8), 'a lon...');
  assert.equal(truncate('short', 8), 'short');
  assert.equal(truncate('abcdef', 2), '..');
  assert.deepEqual(splitAt('abcde', 2), ['ab', 'cd', 'e']);
});

test('definitions are aligned, and their lines hang below the text', () => {
  assert.deepEqual(
    definitionLines(
      [
        ['a', 'first'],
        ['long', 'second and third'],
      ],
      20,
    ),
    ['  a     first', '  long  second and', '        third'],
  );
});

test('a term that is much longer than others has a line of its own', () => {
  const term = 'x'.repeat(29);
  assert.deepEqual(
    definitionLines(
      [
        ['short', 'one'],
        [term, 'two'],
      ],
      80,
    ),
    ['  short  one', `  ${term}`, '         two'],
  );
});

test('the first column of a wide table is truncated', () => {
  assert.deepEqual(tableLines(['a first column of 33 characters..', 'n'], [['x', '12']], 30), [
    'a first column of 33 c... |  n',
    '--------------------------|---',
    'x                         | 12',
  ]);
});

test('labels have lines of their own where little of them would be left beside the other columns', () => {
  assert.deepEqual(tableLines(['', 'one', 'two'], [['a label', 'served as it is', 'not asked']], 30), [
    ' |             one |       two',
    '-|-----------------|----------',
    'a label',
    ' | served as it is | not asked',
  ]);
});

test('labels that would be cut to the same text have lines of their own', () => {
  const label = (end: string): string => `a label that is cut before its ${end}`;
  assert.deepEqual(
    tableLines(
      ['', 'n'],
      [
        [label('first end'), '1'],
        [label('second end'), '2'],
        ['short', '3'],
        ['another long label that is cut', '4'],
      ],
      30,
    ),
    [
      '                           | n',
      '---------------------------|--',
      'a label that is cut before its',
      '  first end',
      '                           | 1',
      'a label that is cut before its',
      '  second end',
      '                           | 2',
      'short                      | 3',
      'another long label that... | 4',
    ],
  );
});

test('a text of megabytes is split without a limit of the stack', () => {
  const pieces = splitAt('x'.repeat(4_000_001), 16);
  assert.equal(pieces.length, 250_001);
  assert.equal(pieces.at(-1), 'x');
  assert.deepEqual(splitAt('', 16), ['']);
});
