import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTreeBuilder } from '../../harness/model/columns.ts';
import { PLAIN_DIRECTORY, S_IFREG } from '../../harness/model/tree.ts';
import { fileToFetch } from '../../scenarios/image-files.ts';

const FILES = 9;
const digestOf = (i: number): string => `${i}`.repeat(64);

/** Files `/0` to `/8`; every third one has its contents in the image, without an object. */
const treeOfFiles = () => {
  const builder = newTreeBuilder();
  builder.add(-1, '', PLAIN_DIRECTORY);
  for (let i = 0; i < FILES; i++) {
    const place =
      i % 3 === 0
        ? { content: 'x', digest: null, payload: null }
        : { content: null, digest: digestOf(i), payload: `object-${i}` };
    builder.add(0, `${i}`, { ...PLAIN_DIRECTORY, mode: S_IFREG | 0o644, nlink: 1, size: 1n, ...place });
  }
  return builder.finish();
};

test('the file to fetch has an object that is not local, if there is one, and any object if not', () => {
  const tree = treeOfFiles();
  const digests = Array.from({ length: FILES }, (_, i) => i).filter((i) => i % 3 !== 0);
  const chosen = (seed: string, local: readonly number[]): number =>
    Number(fileToFetch(tree, { local: new Set(local.map(digestOf)), seed })!.slice(1));
  const seeds = Array.from({ length: 20 }, (_, i) => `seed-${i}`);
  for (const seed of seeds) assert.ok(digests.includes(chosen(seed, [])), seed);
  assert.ok(new Set(seeds.map((seed) => chosen(seed, []))).size > 1);
  for (const seed of seeds)
    assert.equal(
      chosen(
        seed,
        digests.filter((i) => i !== 5),
      ),
      5,
      seed,
    );
  for (const seed of seeds) assert.ok(digests.includes(chosen(seed, digests)), seed);
});
