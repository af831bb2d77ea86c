// The pull client as the scenario uses it, a process of its own: layers are unpacked, lies become one sentence, and it goes on.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { UserError } from '../../../harness/model/errors.ts';
import type { ClientRequest } from '../../../harness/remote/client-requests.ts';
import { openPullClient } from '../../../harness/remote/processes.ts';
import { listObjects } from '../support/list-objects.ts';
import { NAME, publishedImage, startImageServer } from './support.ts';

const LIMIT_MS = 60_000;

test('the client pulls objects and layers, and names a refused object or manifest', async () => {
  const published = await publishedImage(40);
  const { image, serve } = published;
  const good = await startImageServer(published.dir, serve);
  const bad = await startImageServer(published.dir, {
    ...serve,
    lies: { seed: 'client', share: 0.5, kinds: ['one-bit', 'short', '404'] },
  });
  const client = openPullClient();
  const place = mkdtempSync(join(published.dir, 'place-'));
  const keyPem = readFileSync(published.keyPath, 'utf8');
  const common = { keyPem, name: NAME, leastSequence: 2 };
  const objects = (url: string, folder: string): ClientRequest => ({
    kind: 'image',
    ...common,
    url,
    dir: join(place, folder),
    via: 'pack',
  });
  const layers = (url: string): ClientRequest => {
    for (const name of ['tars', 'layers']) mkdirSync(join(place, name), { recursive: true });
    return { kind: 'layers', ...common, url, tarDir: join(place, 'tars'), layerDir: join(place, 'layers') };
  };
  try {
    await assert.rejects(client.pull(objects(bad.url, 'bad'), LIMIT_MS), (error: UserError) => {
      assert.match(error.message, /^(the manifest|the signature of the manifest|object [0-9a-f]{64})/);
      assert.equal(error.exit, 5);
      return true;
    });
    const report = await client.pull(objects(good.url, 'good'), LIMIT_MS);
    assert.equal(report.missingCount, image.objects.length);
    assert.equal(listObjects(join(place, 'good')).length, image.objects.length);
    assert.equal(
      report.verifiedBytes,
      image.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    );
    const unpacked = await client.pull(layers(good.url), LIMIT_MS);
    assert.equal(unpacked.missingCount, image.layers.length);
    assert.deepEqual(readdirSync(join(place, 'layers')).sort(), image.layers.map(({ id }) => id).sort());
    assert.deepEqual(readdirSync(join(place, 'tars')), []);
    // All of it is there.
    assert.equal((await client.pull(objects(good.url, 'good'), LIMIT_MS)).missingCount, 0);
    assert.equal((await client.pull(layers(good.url), LIMIT_MS)).missingCount, 0);
  } finally {
    await client.close();
    await good.close();
    await bad.close();
    published.remove();
  }
});
