// Dump text whose lines have hostile fields.
import fc from 'fast-check';

const PATHS = [
  '/',
  '/a',
  '/a/b',
  '/a/b/c',
  '/c',
  '/a/',
  '//',
  '',
  '/.',
  '/..',
  '/\\x2e',
  '/\\x00',
  '/\\xff',
  '/\\n',
  '/\x1b[31m',
  '/nowhere/x',
  'a',
  `/${'n'.repeat(256)}`,
];
const MODES = [
  '100644',
  '40755',
  '120777',
  '20000',
  '60600',
  '10644',
  '140644',
  '@100644',
  '@40755',
  '0',
  '777777777777',
  '@',
  '9',
  '-1',
  '',
];
const NUMBERS = [
  '0',
  '1',
  '2',
  '5',
  '4096',
  '-1',
  '+7',
  '00000000005',
  '18446744073709551615',
  '18446744073709551616',
  '9007199254740993',
  `${'0'.repeat(3000)}x`,
  '\t5',
  '5 5',
  'x',
  '',
];
const TIMES = [
  '0.0',
  '1700000000.123456789',
  '-1.999999999',
  '0',
  '.',
  '1.',
  '1.4294967296',
  '9223372036854775808.0',
  '1.2.3',
];
const TEXTS = [
  '-',
  '',
  '/a',
  '/a/b',
  '/c',
  '\\x2d',
  'hello',
  '\\x00',
  '\\x0',
  '\\q',
  '\\',
  '../../etc/passwd',
  '\\x1b[31m',
  't'.repeat(4095),
  't'.repeat(4096),
];
const DIGESTS = ['-', 'a'.repeat(64), 'A'.repeat(65), 'a'.repeat(63), 'g'.repeat(64), ''];
const XATTRS = [
  'user.a=b',
  'user.a=c',
  'user.b=',
  '=x',
  'novalue',
  'user.\\x00=x',
  'a\\x3db=c\\x00',
  'trusted.overlay.opaque=y',
  'user.overlay.whiteout=',
  'security.selinux=x',
  `user.c=${'v'.repeat(32_700)}`,
];

const field = (usual: string, odd: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });

const line = fc
  .tuple(
    fc.tuple(
      fc.constantFrom(...PATHS),
      field('0', NUMBERS),
      fc.oneof(fc.constantFrom('100644', '40755'), fc.constantFrom(...MODES)),
      field('1', NUMBERS),
      field('0', NUMBERS),
      field('0', NUMBERS),
      field('0', NUMBERS),
      field('0.0', TIMES),
      field('-', TEXTS),
      field('-', TEXTS),
      field('-', DIGESTS),
    ),
    fc.oneof(fc.constant([]), fc.array(fc.constantFrom(...XATTRS), { maxLength: 3 })),
  )
  .map(([fields, xattrs]) => [...fields, ...xattrs].join(' '));

export const hostileDumps: fc.Arbitrary<Buffer> = fc
  .tuple(
    field('/ 4096 40755 2 0 0 0 0.0 - - -\n/a 0 40755 1 0 0 0 0.0 - - -', [
      '',
      '/ 0 100644 1 0 0 0 0.0 - - -',
      '/a 0 40755 1 0 0 0 0.0 - - -',
    ]),
    fc.array(line, { maxLength: 8 }),
    field('\n', ['', '\n\n', '\0']),
  )
  .map(([root, lines, end]) => Buffer.from([root, ...lines].join('\n') + end, 'latin1'));
