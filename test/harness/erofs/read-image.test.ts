import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bootstrapBytes } from '../../../harness/erofs/bootstrap.ts';
import { type ImageFacts, inspectImage } from '../../../harness/erofs/inspect.ts';
import { objectPaths, objectSizes } from '../../../harness/erofs/objects.ts';
import { readImage } from '../../../harness/erofs/read-image.ts';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import { openDump } from '../../../harness/images/dump.ts';
import { printDump } from '../../../harness/images/dump-print.ts';
import { parseDump } from '../../../harness/images/dump-text.ts';
import { UserError } from '../../../harness/model/errors.ts';
import { seeded } from '../../../harness/model/random.ts';
import { S_IFDIR, S_IFMT, S_IFREG, type Tree } from '../../../harness/model/tree.ts';
import { knownDumps, skipWithoutFixtures } from './fixture-dumps.ts';
import { randomDump } from './random-dump.ts';

const parse = (...lines: string[]): Tree => parseDump(Buffer.from(`${lines.join('\n')}\n`, 'latin1'));
const print = (tree: Tree): string => Buffer.concat([...printDump(tree)]).toString('latin1');
const ROOT = '/ 4096 40755 2 0 0 0 0.0 - - -';

const redirects = (tree: Tree): Set<string> => {
  const paths = new Set<string>();
  for (let index = 0; index < tree.count; index++) {
    const { link, mode, size, content, payload } = tree.entry(index);
    if (
      link === null &&
      (mode & S_IFMT) === S_IFREG &&
      size > 0n &&
      content === null &&
      (payload ?? '') !== ''
    )
      paths.add(payload!);
  }
  return paths;
};

describe('the image reader', () => {
  it('refuses EROFS without the header of composefs in one sentence', () => {
    const tree = parse(ROOT, '/file 9 100644 1 0 0 0 0.0 aa/b - -');
    const bootstrap = bootstrapBytes(tree, {
      devices: [{ tag: 'ab'.repeat(32), bytes: 1024 }],
      extent: () => ({ device: 0, offset: 512 }),
    });
    for (const read of [readImage, inspectImage, objectPaths])
      assert.throws(() => read(bootstrap), {
        message:
          'not a valid composefs image: it is EROFS without the header of composefs, and its contents lie on further devices (1)',
      });
    bootstrap.writeUInt16LE(0, 1024 + 86);
    assert.throws(() => readImage(bootstrap), {
      message: 'not a valid composefs image: it is EROFS without the header of composefs',
    });
  });

  it('restores a dump: text to image to text is the identity', () => {
    for (let seed = 0; seed < 150; seed++) {
      const imageVersion = seed % 2 === 0 ? 0 : 1;
      const canonical = print(readImage(imageBytes(parse(...randomDump(`read ${seed}`)), { imageVersion })));
      const again = imageBytes(parseDump(Buffer.from(canonical, 'latin1')), { imageVersion });
      assert.equal(print(readImage(again)), canonical, `seed ${seed}`);
    }
  });

  it('restores every entry of a tree with all attributes', () => {
    const lines = [
      ROOT,
      '/a 4 100644 2 1 2 0 3.4 - \\x00\\n\\xff= - security.capability=\\x01\\x3d user.x=',
      '/b 4 @100644 2 1 2 0 3.4 /a \\x00\\n\\xff= - security.capability=\\x01\\x3d user.x=',
      '/block 0 60600 1 0 0 259 0.0 - - -',
      '/d 41 41777 2 0 0 0 -1.999999999 - - -',
      '/d/\\\\\\xff 8796093022209 104755 1 70000 0 0 0.0 ab/cd - 21a563c8a3cf02778cf769e592e2e390563ae564fc4c6edbd3aaaaaaaaaaaaaa',
      '/fifo 0 10644 1 0 0 0 0.0 - - -',
      '/link 3 120777 1 0 0 0 0.0 /=\\\\ - -',
      '/none 10 100600 1 0 0 0 0.0 - - -',
      '/socket 0 140644 1 0 0 0 0.0 - - -',
    ];
    const text = `${lines.join('\n').replace('/ 4096 40755 2', '/ 4096 40755 3')}\n`;
    assert.equal(print(readImage(imageBytes(parseDump(Buffer.from(text, 'latin1'))))), text);
  });

  it('restores whiteouts and overlay attributes, but keeps the opaque marks of version 1', () => {
    const lines = [
      ROOT,
      '/gone 0 20000 1 0 0 0 0.0 - - - user.a=b',
      '/x 0 40755 2 0 0 0 0.0 - - - trusted.overlay.opaque=y',
    ];
    const [root, gone, x] = print(readImage(imageBytes(parse(...lines)))).split('\n');
    assert.equal(root, `${ROOT.replace('755 2', '755 3')} trusted.overlay.opaque=x user.overlay.opaque=x`);
    assert.equal(gone, lines[1]);
    assert.equal(x, lines[2]!.replace('/x 0', '/x 27'));
  });

  it('restores the known dumps', { skip: skipWithoutFixtures }, async () => {
    for (const { path } of knownDumps()) {
      const image = imageBytes((await openDump(path, path)).tree);
      const text = print(readImage(image));
      const again = imageBytes(parseDump(Buffer.from(text, 'latin1')));
      assert.ok(image.equals(again), path);
      assert.equal(print(readImage(again)), text, path);
    }
  });

  it('finds the objects that a tree needs', () => {
    for (let seed = 0; seed < 60; seed++) {
      const tree = parse(...randomDump(`objects ${seed}`));
      assert.deepEqual(
        [...objectPaths(imageBytes(tree))].sort(),
        [...redirects(tree)].sort(),
        `seed ${seed}`,
      );
    }
  });

  it('counts the inodes, names and attributes of an image', () => {
    const lines = [
      ROOT,
      '/a 5 100644 1 0 0 0 0.0 p - - user.x=y',
      '/b 7 100644 1 0 0 0 0.0 p - - user.x=y',
      '/c 2 100644 1 70000 0 0 0.0 - hi -',
      '/d 0 100644 1 0 0 0 0.0 - - -',
      '/e 1 @100644 1 0 0 0 0.0 /a - -',
      '/f 1 120777 1 0 0 0 1.5 t - -',
    ];
    const wanted: Partial<ImageFacts> = {
      composefsVersion: 0,
      inodeCount: 262,
      nameCount: 262,
      directoryCount: 1,
      fileCount: 4,
      symlinkCount: 1,
      charDeviceCount: 256,
      storeWhiteoutCount: 256,
      compactCount: 260,
      extendedCount: 2,
      inlineFileCount: 1,
      inlineFileBytes: 2,
      objectFileCount: 2,
      objectFileBytes: '12',
      emptyFileCount: 1,
      objectCount: 1,
      sharedXattrCount: 3,
      sharedXattrReferenceCount: 6,
      inlineXattrCount: 1,
      buildTimeSec: '0',
    };
    const facts: Partial<ImageFacts> = inspectImage(imageBytes(parse(...lines)));
    for (const key of Object.keys(wanted) as (keyof ImageFacts)[]) assert.equal(facts[key], wanted[key], key);
  });
});

const readers = [readImage, objectPaths, inspectImage];

/** Whether the image was accepted. Any error but a UserError fails the test. */
const survives = (image: Uint8Array, what: string): boolean =>
  readers
    .map((read) => {
      try {
        read(image);
        return true;
      } catch (error) {
        assert.ok(error instanceof UserError, `${what}: ${error instanceof Error ? error.stack : error}`);
        assert.equal(error.code, 'bad-image', what);
        assert.match(error.facts.join(), /offset: \d+/);
        return false;
      }
    })
    .every(Boolean);

describe('a malformed image', () => {
  const image = imageBytes(parse(...randomDump('malformed 3')));

  it('is refused when truncated anywhere', () => {
    for (let length = 0; length < image.length; length += 509)
      assert.equal(survives(image.subarray(0, length), `cut at ${length}`), false, `cut at ${length}`);
  });

  it('never crashes a reader with flipped bits', () => {
    const random = seeded('flips');
    let refused = 0;
    for (let round = 0; round < 3000; round++) {
      const damaged = Buffer.from(image);
      for (let i = random.int(1, 8); i > 0; i--) {
        const at = random.int(0, 3) === 0 ? random.int(0, 2000) : random.int(0, image.length - 1);
        damaged[at]! ^= 1 << random.int(0, 7);
      }
      if (!survives(damaged, `round ${round}`)) refused++;
    }
    assert.ok(refused > 300, `${refused} of 3000 refused`);
  });

  it('never crashes a reader with replaced words', () => {
    const random = seeded('words');
    for (let round = 0; round < 1500; round++) {
      const damaged = Buffer.from(image);
      for (let i = random.int(1, 4); i > 0; i--)
        damaged.writeUInt32LE(
          [0, 1, 0xffffffff, 0x7fffffff, random.int(0, image.length)][random.int(0, 4)]!,
          4 * random.int(0, image.length / 4 - 1),
        );
      survives(damaged, `round ${round}`);
    }
  });

  it('is refused in bounded time if directories overlap', () => {
    const lines = [ROOT];
    for (let i = 0; i < 2000; i++) lines.push(`/d${i} 0 40755 2 0 0 0 0.0 - - -`);
    const folded = imageBytes(parse(...lines));
    const rootAt = 32 * folded.readUInt16LE(1024 + 14);
    // All directories share the root's first block.
    for (let at = 1152; at + 32 <= folded.length; at += 32)
      if (at !== rootAt && (folded.readUInt16LE(at + 4) & S_IFMT) === S_IFDIR) {
        folded.writeUInt16LE(0, at);
        folded.writeUInt32LE(4096, at + 8);
        folded.copy(folded, at + 16, rootAt + 16, rootAt + 20);
      }
    for (const read of readers)
      assert.throws(() => read(folded), { code: 'bad-image', message: /overlap|two names/ });
  });

  it('is refused if directories form a cycle', () => {
    const circle = imageBytes(parse(ROOT, '/d 0 40755 2 0 0 0 0.0 - - -', '/d/e 0 40755 2 0 0 0 0.0 - - -'));
    const rootNid = circle.readUInt16LE(1024 + 14);
    // The record of `e` leads back to the root.
    const e = circle.lastIndexOf('...e') - 3 * 12;
    circle.writeUInt32LE(rootNid, e + 2 * 12);
    assert.throws(() => readImage(circle), { code: 'bad-image', message: /a directory has two names/ });
  });

  it('is refused if its shared redirects overlap, by each reader of objects', () => {
    // Two files for each object, so that each redirect is shared.
    const pairs = Array.from({ length: 3000 }, (_, i) =>
      ['a', 'b'].map((name) => `/${name}${i} 9 100644 1 0 0 0 0.0 aa/${i.toString().padStart(62, '0')} - -`),
    );
    const image = imageBytes(parse(ROOT, ...pairs.flat()));
    const key = Buffer.from('overlay.redirect');
    let at = image.indexOf(key);
    for (; at > 0 && at + 0x1_0100 < image.length; at = image.indexOf(key, at + 1))
      image.writeUInt16LE(0xffff, at - 2);
    for (const read of [objectPaths, objectSizes])
      assert.throws(() => read(image), { code: 'bad-image', message: /overlap/ });
  });

  it('is refused with features, flags or digests that no composefs image has', () => {
    const cases: readonly (readonly [at: number, bits: number, rule: RegExp])[] = [
      [8, 2, /the header has unknown flags/],
      // The first two are compression; the third is chunks, which mkfs.erofs marks and composefs does not.
      [1024 + 80, 1, /EROFS features that composefs images do not have/],
      [1024 + 80, 2, /EROFS features/],
      [1024 + 80, 4, /EROFS features/],
      [1024 + 80, 0x80000000, /EROFS features/],
    ];
    for (const [at, bits, message] of cases) {
      const changed = Buffer.from(image);
      changed.writeUInt32LE((changed.readUInt32LE(at) | bits) >>> 0, at);
      for (const read of [...readers, objectSizes])
        assert.throws(() => read(changed), { code: 'bad-image', message });
    }
    const digested = imageBytes(parse(ROOT, `/f 9 100644 1 0 0 0 0.0 aa/b - ${'21'.repeat(32)}`));
    const head = digested.indexOf(Buffer.from([0, 36, 0, 1]));
    assert.ok(head > 0);
    for (let byte = 0; byte < 4; byte++) {
      const changed = Buffer.from(digested);
      changed[head + byte]! ^= 0x40;
      assert.throws(() => readImage(changed), {
        code: 'bad-image',
        message: /a digest is not marked as SHA-256/,
      });
    }
  });

  it('is refused without the composefs header', () => {
    assert.throws(() => readImage(Buffer.alloc(8192)), { code: 'bad-image', message: /magic/ });
  });
});
