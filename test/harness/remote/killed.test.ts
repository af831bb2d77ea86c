// A client that is killed at random moments leaves no wrong object, and the next one goes on from there.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { seeded } from '../../../harness/model/random.ts';
import { makeObjectFolders } from '../../../harness/store/objects.ts';
import { listObjects } from '../support/list-objects.ts';
import { publishedImage, startImageServer, wrongObjects } from './support.ts';

const CLIENT = fileURLToPath(new URL('./pull-main.js', import.meta.url));
const KILLS = 6;
const RANDOM = seeded('kills');

test('a kill of a pull at any moment leaves no wrong object and keeps the right ones', async () => {
  const published = await publishedImage(60);
  const { dir, serve, keyPath, image } = published;
  // A link that is slow enough to be killed on; a third of the answers are lies.
  const server = await startImageServer(dir, {
    ...serve,
    link: { delayMs: 10, bytesPerS: null },
    lies: { seed: 'kills', share: 0.3, kinds: ['one-bit', 'garbage', 'other-object-same-size', 'cut'] },
  });
  const store = join(dir, 'killed');
  mkdirSync(store);
  makeObjectFolders(store);
  const pull = async (killAfterMs: number | null): Promise<number | null> => {
    const client = spawn(process.execPath, [CLIENT, server.url, keyPath, store], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(client, 'exit');
    await once(client.stdout, 'data');
    if (killAfterMs !== null) {
      await sleep(killAfterMs);
      client.kill('SIGKILL');
    }
    await exited;
    return client.exitCode;
  };
  try {
    let kills = 0;
    let objectCount = 0;
    for (let i = 0; i < KILLS; i++) {
      if ((await pull(RANDOM.int(5, 250))) === null) kills++;
      assert.deepEqual(wrongObjects(store), []);
      const count = listObjects(store).length;
      assert.ok(count >= objectCount, `${count} objects after ${objectCount}`);
      objectCount = count;
    }
    assert.ok(kills > 0, 'no client was killed');
    for (let i = 0; i < 50 && objectCount < image.objects.length; i++) {
      await pull(null);
      objectCount = listObjects(store).length;
    }
    assert.deepEqual(wrongObjects(store), []);
    assert.equal(objectCount, image.objects.length);
  } finally {
    await server.close();
    published.remove();
  }
});
