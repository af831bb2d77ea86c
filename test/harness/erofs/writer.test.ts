import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { imageBytes, versionOf, writeImage } from '../../../harness/erofs/writer.ts';
import { openDump } from '../../../harness/images/dump.ts';
import { parseDump } from '../../../harness/images/dump-text.ts';
import { UserError } from '../../../harness/model/errors.ts';
import type { Tree } from '../../../harness/model/tree.ts';
import { verityDigest } from '../../../harness/store/verity.ts';
import { knownDumps, skipWithoutFixtures } from './fixture-dumps.ts';
import { randomDump } from './random-dump.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const parse = (...lines: string[]): Tree => parseDump(Buffer.from(`${lines.join('\n')}\n`, 'latin1'));
const ROOT = '/ 4096 40755 2 0 0 0 0.0 - - -';
const WHITEOUT = '/gone 0 20644 1 0 0 0 0.0 - - -';

/** Each seed with one of three version options. */
const OPTIONS = [{}, { imageVersion: 0 }, { imageVersion: 1 }] as const;

describe('the image writer', () => {
  it('writes the image of an empty root byte for byte in both versions', () => {
    const images = [0, 1].map((version) => imageBytes(parse(ROOT), { imageVersion: version as 0 | 1 }));
    assert.deepEqual(images.map(sha256), [
      'c3dc5b0fc4afb0693a95e017fe5815e1f88f204d485df617541b5ea659aefb8b',
      '18e13c704e2aae7f84be9fda89fdc4c5001c184d279b90a93434e872e5e7c190',
    ]);
    assert.deepEqual(images.map(verityDigest), [
      '8f589e8f57ecb88823736b0d857ddca1e1068a23e264fad164b28f7038eb3682',
      '14a26c957c84f6eb774b91205476adc13196c7c33b9dd97d08d43725ecb90b63',
    ]);
  });

  it('writes a hundred random trees as mkcomposefs did', () => {
    const all = createHash('sha256');
    for (let seed = 0; seed < 100; seed++)
      all.update(imageBytes(parse(...randomDump(`golden ${seed}`)), OPTIONS[seed % 3]!));
    assert.equal(all.digest('hex'), '11917baaa14d2f781decf725685bdfd053016a66e238f20e3ad5adb5740dc7f6');
  });

  it('moves symlink targets out of the inode at the same lengths as mkcomposefs', () => {
    const lines = [ROOT];
    for (let length = 1; length < 4096; length += length < 3900 ? 97 : 1)
      lines.push(`/l${length} 0 120777 1 0 0 0 0.0 ${'t'.repeat(length)} - -`);
    assert.equal(
      sha256(imageBytes(parse(...lines))),
      '353434aa88bde3fff5a7961871461a5a6129151a77855a867de4e9036a597890',
    );
  });

  it('writes the same bytes as the installed mkcomposefs', (t) => {
    if (spawnSync('mkcomposefs', ['--help']).error !== undefined)
      return t.skip('mkcomposefs is not installed');
    const dir = mkdtempSync(join(tmpdir(), 'cfsbench-writer-'));
    try {
      for (let seed = 0; seed < 30; seed++) {
        const lines = randomDump(`installed ${seed}`);
        writeFileSync(join(dir, 'in.dump'), `${lines.join('\n')}\n`, 'latin1');
        spawnSync('mkcomposefs', ['--from-file', join(dir, 'in.dump'), join(dir, 'out')]);
        assert.equal(
          sha256(imageBytes(parse(...lines))),
          sha256(readFileSync(join(dir, 'out'))),
          `seed ${seed}`,
        );
      }
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('writes the known image of each known dump', { skip: skipWithoutFixtures }, async () => {
    for (const { path, sha256: wanted, imageVersion } of knownDumps()) {
      const { tree } = await openDump(path, `dump:${path}`);
      assert.equal(
        sha256(imageBytes(tree, imageVersion === undefined ? {} : { imageVersion })),
        wanted,
        path,
      );
    }
  });

  it('chooses version 1 for trees with whiteouts, else 0', () => {
    assert.equal(versionOf(parse(ROOT)), 0);
    assert.equal(versionOf(parse(ROOT, WHITEOUT)), 1);
    assert.equal(imageBytes(parse(ROOT, WHITEOUT))[12], 1);
  });

  it('stays within the given versions', () => {
    const tree = parse(ROOT, WHITEOUT);
    assert.equal(versionOf(tree, { min: 0 }), 0, 'max becomes 0 when only min is given');
    assert.equal(versionOf(tree, { max: 1 }), 1);
    assert.equal(versionOf(tree, { max: 0 }), 0);
    assert.equal(versionOf(parse(ROOT), { min: 1 }), 1);
    assert.equal(versionOf(parse(ROOT), { min: 1, max: 0 }), 1, 'max is raised to min');
    assert.throws(() => versionOf(tree, { max: 2 }), UserError);
  });

  it('writes the same bytes in pieces and at once', () => {
    const lines = [ROOT];
    for (let i = 0; i < 12_000; i++)
      lines.push(`/file-${i} ${i + 1} 100644 1 ${i} 0 0 ${i}.0 some/object-${i} - -`);
    const tree = parse(...lines);
    const pieces = createHash('sha256');
    let pieceCount = 0;
    for (const piece of writeImage(tree)) {
      pieces.update(piece);
      pieceCount++;
    }
    assert.ok(pieceCount > 1, 'the image is larger than a piece');
    assert.equal(pieces.digest('hex'), sha256(imageBytes(tree)));
  });

  it('refuses a file of more than 2^53 bytes, which would need too many chunks', () => {
    const of = (size: string): Tree => parse(ROOT, `/f ${size} 100644 1 0 0 0 0.0 p - -`);
    assert.doesNotThrow(() => imageBytes(of('9007199254740992')));
    assert.throws(() => imageBytes(of('9007199254740993')), { code: 'not-writable', message: /too large/ });
  });

  it('refuses attributes that replace longer ones, as the reference does', () => {
    const whiteout = (value: string): Tree =>
      parse(ROOT, `${WHITEOUT} trusted.overlay.whiteout=${value} user.a=b`);
    assert.doesNotThrow(() => imageBytes(whiteout('')));
    assert.throws(() => imageBytes(whiteout('x')), { code: 'xattr-budget' });
  });
});
