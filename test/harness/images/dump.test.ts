import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openDump } from '../../../harness/images/dump.ts';
import type { UserError } from '../../../harness/model/errors.ts';

const DIGEST = '21a563c8a3cf02778cf769e592e2e390563ae564fc4c6edbd3aaaaaaaaaaaaaa';
const TEXT = `/ 4096 40755 2 0 0 0 0.0 - - -
/a 10 100644 1 0 0 0 0.0 ab/object - -
/b 10 100644 1 0 0 0 0.0 ab/object - -
/c 7 100644 1 0 0 0 0.0 - - ${DIGEST}
/d 7 100644 1 0 0 0 0.0 ${DIGEST.slice(0, 2)}/${DIGEST.slice(2)} - -
/e 7 100644 1 0 0 0 0.0 - - -
`;

/** A zstd frame of raw blocks, single segment, with a content size of four bytes. */
const zstd = (text: Buffer): Buffer => {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32LE(text.length, 5);
  head.writeUIntLE((text.length << 3) | 1, 9, 3);
  return Buffer.concat([head, text]);
};

describe('the source dump:FILE', () => {
  const dir = mkdtempSync(join(tmpdir(), 'cfsbench-dump-'));
  after(() => rmSync(dir, { recursive: true }));
  const file = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(dir, name), bytes);
    return join(dir, name);
  };

  it('reads plain, gzip and zstd text and is named after the file', async () => {
    for (const [name, bytes] of [
      ['base.dump', Buffer.from(TEXT)],
      ['base.dump.gz', gzipSync(TEXT)],
      ['base.dump.zst', zstd(Buffer.from(TEXT))],
    ] as const) {
      const image = await openDump(file(name, bytes), `dump:${name}`);
      assert.equal(image.tree.count, 6, name);
      assert.deepEqual([image.name, image.source, image.contents], ['base', `dump:${name}`, 'synthetic']);
      assert.deepEqual(image.layers, [image.tree]);
    }
  });

  it('gives equal contents to equal payloads, else equal digests, else equal paths', async () => {
    const { tree, content } = await openDump(file('seeds.dump', Buffer.from(TEXT)), '');
    const seeds = [1, 2, 3, 4, 5].map((index) => {
      const ref = content(tree, index);
      assert.equal(ref.kind, 'seed');
      return ref.kind === 'seed' ? ref.seed : '';
    });
    assert.equal(seeds[0], 'ab/object');
    assert.equal(seeds[0], seeds[1]);
    assert.equal(seeds[2], seeds[3]);
    assert.equal(new Set(seeds).size, 3);
    assert.equal(content(tree, 3).sizeBytes, 7);
  });

  it('names a file that is missing, damaged or not a dump', async () => {
    const missing = join(dir, 'no.dump');
    await assert.rejects(openDump(missing, ''), (error: UserError) => {
      assert.equal(error.code, 'ENOENT');
      assert.equal(error.message, `cannot read ${missing}: no such file or folder`);
      return true;
    });
    await assert.rejects(openDump(file('bad.dump.gz', Buffer.from('no gzip')), ''), {
      code: 'bad-compression',
    });
    await assert.rejects(openDump(file('cut.dump.gz', gzipSync(TEXT).subarray(0, 60)), ''), {
      code: 'bad-compression',
    });
    await assert.rejects(openDump(file('bad.dump.zst', Buffer.from('no zstd at all')), ''), {
      code: 'bad-compression',
    });
    await assert.rejects(openDump(file('bad.dump', Buffer.from('/ 0 0\n')), ''), {
      code: 'bad-dump',
      message: /^dump line 1: /,
    });
  });
});
