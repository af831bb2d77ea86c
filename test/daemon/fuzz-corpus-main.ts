// Writes the fuzzing corpus of the FUSE server: small images, and the same images followed by requests.
//
// Usage: node build/test/daemon/fuzz-corpus-main.js FOLDER; fills FOLDER/image and FOLDER/request.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { imageBytes } from '../../harness/erofs/writer.ts';
import { parseDump } from '../../harness/images/dump-text.ts';
import { seeded } from '../../harness/model/random.ts';
import { allTypes, dumpOf, line, manyEntries, oddNames, randomTree, root } from './dumps.ts';

const fixtures = fileURLToPath(new URL('../../../fixtures', import.meta.url));
const LINES_OF_FIXTURE = 150;
const IMAGE_BYTES_MAX = 96 * 1024;
const UNIT_BYTES = 64;
const ROOT_NID_AT = 1024 + 14;

/** The first lines of a fixture, which are a complete tree because parents come first; hard links are left out. */
const cutFixture = (path: string): string => {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
  const lines = text.split('\n').slice(0, LINES_OF_FIXTURE);
  return dumpOf(lines.filter((text) => text !== '' && !/^\S+ \S+ @/.test(text)));
};

const shipped = readdirSync(fixtures).filter((name) => /\.dump(\.gz)?$/.test(name));
const given = process.env['CFSBENCH_FIXTURES'];
const more = given === undefined ? [] : readdirSync(given).filter((name) => /\.dump(\.gz)?$/.test(name));

const sources: readonly (readonly [string, () => string])[] = [
  ['root', () => dumpOf([root])],
  ['types', () => allTypes],
  ['names', () => oddNames],
  ['many', () => manyEntries(300)],
  ['object', () => dumpOf([root, line('/file', '100644', { size: 7, payload: 'ob/ject' })])],
  ...['a', 'b', 'c', 'd'].map((seed): readonly [string, () => string] => [
    `random-${seed}`,
    () => randomTree(seeded(seed), 40),
  ]),
  ...shipped.map((name): readonly [string, () => string] => [name, () => cutFixture(join(fixtures, name))]),
  ...more.map((name): readonly [string, () => string] => [name, () => cutFixture(join(given ?? '', name))]),
];

const header = (opcode: number, node: bigint, body: Uint8Array, user: number): Buffer => {
  const bytes = Buffer.alloc(40 + body.length);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt32LE(opcode, 4);
  bytes.writeBigUInt64LE(1n, 8);
  bytes.writeBigUInt64LE(node, 16);
  bytes.writeUInt32LE(user, 24);
  bytes.set(body, 40);
  return bytes;
};

const words = (...values: readonly bigint[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [i, value] of values.entries()) bytes.writeBigUInt64LE(value, i * 8);
  return bytes;
};
const named = (head: Uint8Array, name: string): Buffer =>
  Buffer.concat([head, Buffer.from(`${name}\0`, 'latin1')]);
const SIZE = 65_536n;

/** Every served operation, on the root and on a few nodes after it. */
const requestsFor = (rootNid: number): Buffer[] => {
  const init = Buffer.alloc(64);
  init.writeUInt32LE(7, 0);
  init.writeUInt32LE(45, 4);
  init.fill(0xff, 8, 20);
  const all: Buffer[] = [header(26, 0n, init, 0)];
  for (const node of [1n, ...Array.from({ length: 12 }, (_, i) => BigInt(rootNid + 2 * (i + 1)))]) {
    for (const name of ['.', 'none', '00', 'a', 'file'])
      all.push(header(1, node, named(new Uint8Array(), name), 0));
    for (const name of ['user.none', 'security.selinux', 'system.posix_acl_access', 'trusted.overlay.opaque'])
      all.push(header(22, node, named(words(SIZE), name), 0));
    for (const opcode of [15, 28, 44]) all.push(header(opcode, node, words(0n, 0n, SIZE, 0n, 0n), 0));
    all.push(header(23, node, words(SIZE), 0), header(3, node, words(0n, 0n), 0));
    for (const opcode of [5, 17, 38, 2]) all.push(header(opcode, node, new Uint8Array(), 1000));
    all.push(header(14, node, words(0n), 0), header(18, node, words(0n, 0n, 0n), 0));
  }
  return all;
};

const asInput = (image: Buffer, options: number): Buffer => {
  const units = Math.ceil(image.length / UNIT_BYTES);
  const head = Buffer.alloc(3);
  head.writeUInt8(options, 0);
  head.writeUInt16LE(units, 1);
  const requests = requestsFor(image.readUInt16LE(ROOT_NID_AT)).flatMap((request) => {
    const length = Buffer.alloc(2);
    length.writeUInt16LE(request.length);
    return [length, request];
  });
  return Buffer.concat([head, image, Buffer.alloc(units * UNIT_BYTES - image.length), ...requests]);
};

const folder = process.argv[2] ?? '';
for (const kind of ['image', 'request']) mkdirSync(join(folder, kind), { recursive: true });
let written = 0;
for (const [name, dump] of sources) {
  const image = Buffer.from(imageBytes(parseDump(Buffer.from(dump(), 'latin1'))));
  if (image.length > IMAGE_BYTES_MAX) continue;
  writeFileSync(join(folder, 'image', name), image);
  for (const options of [1, 3, 5, 9, 16])
    writeFileSync(join(folder, 'request', `${name}-${options}`), asInput(image, options));
  written++;
}
process.stdout.write(`${written} images\n`);
