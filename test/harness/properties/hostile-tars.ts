// Tars whose fields are hostile and whose checksums are right, so that a reader gets to the fields.
import fc from 'fast-check';

const HEADER_BYTES = 512;

const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((HEADER_BYTES - (bytes.length % HEADER_BYTES)) % HEADER_BYTES)]);

const NAMES = [
  'a',
  'a/b',
  'a/b/c',
  'd/',
  './',
  '.',
  '/',
  '',
  '..',
  '../x',
  'a/../../x',
  '/etc/passwd',
  'a//b',
  '.wh.a',
  'a/.wh.b',
  '.wh..wh..opq',
  'a/.wh..wh..opq',
  '.wh.',
  '.wh...',
  '\x1b[31mred\x07\n',
  '\xff\xfe',
  'n'.repeat(100),
  'a/'.repeat(40),
];
const NUMBERS = [
  '0',
  '1',
  '5',
  '777',
  '17777777777',
  '77777777777',
  '-1',
  '8',
  ' 7 ',
  '',
  '\x80\0\0\0\0\0\0\x05',
  '\xff\xff\xff\xff',
];
const TYPES = ['\0', '0', '1', '2', '3', '4', '5', '6', '7', 'x', 'g', 'L', 'K', 'S', 'V', 'Z'];
const KEYS = [
  'path',
  'linkpath',
  'size',
  'uid',
  'gid',
  'mtime',
  'SCHILY.xattr.user.a',
  'SCHILY.xattr.',
  'LIBARCHIVE.xattr.user.b%20',
  'GNU.sparse.major',
  'GNU.sparse.name',
  'GNU.sparse.realsize',
  'GNU.sparse.size',
  'GNU.sparse.map',
  'GNU.sparse.offset',
  'GNU.sparse.numbytes',
  'SCHILY.xattr.trusted.overlay.opaque',
];

const number = fc.constantFrom(...NUMBERS);
const map = fc.array(fc.nat(12), { maxLength: 6 }).map((numbers) => numbers.join(','));
const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 20 }));

const paxText = fc
  .array(
    fc.tuple(
      fc.constantFrom(...KEYS),
      fc.oneof(name, number, map),
      fc.oneof(fc.constant(0), fc.integer({ min: -3, max: 9 })),
    ),
    {
      maxLength: 4,
    },
  )
  .map((records) =>
    records
      .map(([key, value, lie]) => {
        const body = ` ${key}=${value}\n`;
        let length = body.length + 1;
        while (`${length}`.length + body.length !== length) length++;
        return `${length + lie}${body}`;
      })
      .join(''),
  );

const member = fc
  .record({
    type: fc.oneof(fc.constantFrom('0', '1', '2', '5'), fc.constantFrom(...TYPES)),
    name,
    link: name,
    mode: fc.oneof(fc.constant('644'), number),
    owner: fc.oneof(fc.constant('0'), number),
    mtime: fc.oneof(fc.constant('0'), number),
    device: fc.oneof(fc.constant('0'), number),
    contents: fc.oneof(fc.string({ maxLength: 80 }), paxText),
    /** Null: the true size. */
    size: fc.option(number, { nil: null, freq: 8 }),
    ustar: fc.boolean(),
    rightSum: fc.integer({ min: 0, max: 19 }).map((one) => one > 0),
  })
  .map((drawn) => {
    const contents = Buffer.from(drawn.contents, 'latin1');
    const block = Buffer.alloc(HEADER_BYTES);
    block.write(drawn.name.slice(0, 100), 0, 'latin1');
    block.write(drawn.mode, 100, 7, 'latin1');
    block.write(drawn.owner, 108, 8, 'latin1');
    block.write(drawn.owner, 116, 8, 'latin1');
    block.write(drawn.size ?? contents.length.toString(8), 124, 12, 'latin1');
    block.write(drawn.mtime, 136, 12, 'latin1');
    block.write(drawn.type, 156, 1, 'latin1');
    block.write(drawn.link.slice(0, 100), 157, 'latin1');
    if (drawn.ustar) block.write('ustar\x0000', 257, 'latin1');
    block.write(drawn.device, 329, 8, 'latin1');
    block.write(drawn.device, 337, 8, 'latin1');
    block.fill(0x20, 148, 156);
    const sum = block.reduce((total, value) => total + value, 0) + (drawn.rightSum ? 0 : 1);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return Buffer.concat([block, padded(contents)]);
  });

export const hostileTars: fc.Arbitrary<Buffer> = fc
  .tuple(fc.array(member, { minLength: 1, maxLength: 12 }), fc.integer({ min: 0, max: 2 }))
  .map(([members, end]) => Buffer.concat([...members, Buffer.alloc(end * HEADER_BYTES)]));
