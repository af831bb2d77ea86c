// Ranges of a pack that do not come, and objects that are in no range.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { pullFromPack } from '../../../harness/remote/pull-objects.ts';
import { verityDigest } from '../../../harness/store/verity.ts';
import { listObjects } from '../support/list-objects.ts';
import { clientStore, imageServerHere, NAME, publishedImage } from './support.ts';

describe('a pull from a pack', () => {
  let published: Awaited<ReturnType<typeof publishedImage>>;
  let client: ReturnType<typeof clientStore>;
  before(async () => {
    published = await publishedImage(10);
    const server = await imageServerHere(published.dir, published.serve);
    await server.close();
    client = clientStore(published.dir, server.url, { refusals: Number.POSITIVE_INFINITY });
  });
  after(() => {
    client.close();
    published.remove();
  });

  it('refuses objects of a range that did not come for the reason of the range', async () => {
    const { objects } = published.image;
    const refused = await pullFromPack(NAME, objects, { ...client, missing: objects });
    assert.equal(refused.length, objects.length);
    for (const { what, error } of refused) {
      assert.equal(error.code, 'connection');
      assert.deepEqual(error.facts, ['ECONNREFUSED']);
      assert.match(error.message, new RegExp(`^${what}: bytes .* of the pack: the connection failed$`));
    }
  });

  it('stores an object without bytes without a request, and refuses it under another digest', async () => {
    const { requestCount } = client.remote;
    const objects = [verityDigest(Buffer.alloc(0)), 'f'.repeat(64)].map((digest) => ({
      digest,
      sizeBytes: 0,
    }));
    const refused = await pullFromPack(NAME, objects, { ...client, missing: objects });
    assert.deepEqual(
      refused.map(({ what, error }) => [what, error.code]),
      [[`object ${objects[1]!.digest}`, 'wrong-digest']],
    );
    assert.deepEqual(listObjects(client.dir), [objects[0]!.digest]);
    assert.equal(client.remote.requestCount, requestCount);
  });
});
