import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { contentBytes } from '../../../harness/store/contents.ts';
import { makeObjectFolders, objectPath, putObject } from '../../../harness/store/objects.ts';
import { verityDigest } from '../../../harness/store/verity.ts';
import { listObjects } from '../support/list-objects.ts';

describe('an object folder', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'cfsbench-objects-'));
    makeObjectFolders(dir);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('has its 256 folders from the start', () => {
    assert.equal(readdirSync(dir).length, 256);
    assert.ok(existsSync(join(dir, '0a')));
  });

  it('names objects by their digest, for any number of pieces', () => {
    const bytes = contentBytes('object', 0, 10_000);
    const cuts = [
      [bytes],
      [bytes.subarray(0, 1), bytes.subarray(1)],
      [0, 1, 2, 3].map((i) => bytes.subarray(i * 2500, i * 2500 + 2500)),
    ];
    for (const pieces of cuts) {
      rmSync(dir, { recursive: true });
      makeObjectFolders(dir);
      const digest = putObject(dir, pieces);
      assert.equal(digest, verityDigest(bytes));
      assert.deepEqual(readFileSync(join(dir, objectPath(digest))), bytes);
      assert.deepEqual(listObjects(dir), [digest]);
    }
  });

  it('does not write an existing object again', () => {
    const digest = putObject(dir, [Buffer.from('same')]);
    const { ino } = statSync(join(dir, objectPath(digest)));
    assert.equal(putObject(dir, [Buffer.from('same')]), digest);
    assert.equal(statSync(join(dir, objectPath(digest))).ino, ino);
    assert.equal(readdirSync(dir).length, 256);
  });

  it('leaves no file of an object that could not be read', () => {
    const failing = function* () {
      yield Buffer.from('first');
      yield Buffer.from('second');
      throw new Error('gone');
    };
    assert.throws(() => putObject(dir, failing()), /gone/);
    assert.deepEqual(listObjects(dir), []);
    assert.equal(readdirSync(dir).length, 256);
  });
});
