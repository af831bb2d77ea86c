// The fetcher without a FUSE server: a failure of this machine is no refusal.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openFetcher } from '../../../harness/remote/fetcher.ts';
import { packRanges } from '../../../harness/remote/pack-ranges.ts';
import { openPullClient } from '../../../harness/remote/processes.ts';
import { fetchSocketOf } from '../../../harness/store/fetch-socket.ts';
import { listObjects } from '../support/list-objects.ts';
import { clientStore, imageServerHere, NAME, publishedImage } from './support.ts';

const LIMIT_MS = 60_000;

/** The answer; empty if the connection is closed without one. */
const ask = (socket: string, digest: string): Promise<string> =>
  new Promise((done, failed) => {
    let answer = '';
    const connection = connect(socket, () => connection.write(`${digest}\n`));
    connection.on('error', failed).on('data', (bytes) => {
      answer += bytes.toString();
    });
    connection.on('close', () => done(answer));
  });

describe('a fetcher', () => {
  let published: Awaited<ReturnType<typeof publishedImage>>;
  let server: Awaited<ReturnType<typeof imageServerHere>>;
  before(async () => {
    published = await publishedImage(10);
    server = await imageServerHere(published.dir, published.serve);
  });
  after(async () => {
    await server.close();
    published.remove();
  });

  it('fetches an object again after it could not be written, and counts the time of both', async () => {
    const client = clientStore(published.dir, server.url);
    const socket = join(published.dir, 'fetch');
    const [object] = published.image.objects;
    const fetcher = await openFetcher(socket, published.image.objects, client);
    try {
      rmSync(client.dir, { recursive: true });
      assert.equal(await ask(socket, object!.digest), '');
      assert.deepEqual(
        fetcher.failures.map((error) => (error as NodeJS.ErrnoException).code),
        ['ENOENT'],
      );
      assert.deepEqual(fetcher.refused, []);
      const busyNs = fetcher.busyNs();
      assert.ok(busyNs > 0);
      mkdirSync(client.dir);
      assert.equal(await ask(socket, object!.digest), '1');
      assert.ok(fetcher.busyNs() > busyNs);
      assert.equal(fetcher.failures.length, 1);
    } finally {
      await fetcher.close();
      client.close();
    }
  });

  const withFetcher = async (
    at: { readonly url: string; readonly idleMs?: number },
    work: (
      socket: string,
      fetcher: Awaited<ReturnType<typeof openFetcher>>,
      requestCount: () => number,
    ) => Promise<void>,
  ): Promise<void> => {
    const client = clientStore(published.dir, at.url);
    const socket = join(published.dir, 'fetch');
    const fetcher = await openFetcher(socket, published.image.objects, client, at);
    try {
      await work(socket, fetcher, () => client.remote.requestCount);
    } finally {
      await fetcher.close();
      client.close();
    }
  };

  it('answers one request of a connection, and ignores what follows', () =>
    withFetcher({ url: server.url }, async (socket, _fetcher, requestCount) => {
      const line = `${published.image.objects[0]!.digest}\n`;
      const connection = connect({ path: socket, allowHalfOpen: true }, () => connection.write(line));
      let answer = '';
      connection.on('data', (bytes) => {
        answer += bytes.toString();
      });
      await once(connection, 'end');
      connection.end(line);
      await once(connection, 'close');
      assert.equal(await ask(socket, published.image.objects[1]!.digest), '1');
      assert.deepEqual([answer, requestCount()], ['1', 2]);
    }));

  it('closes a connection that asks for nothing, and all of them at its end', async () => {
    await withFetcher({ url: server.url, idleMs: 20 }, async (socket) => {
      await once(connect(socket).resume(), 'close');
    });
    let late: Promise<unknown> | null = null;
    await withFetcher({ url: server.url }, async (socket) => {
      const connection = connect(socket).resume();
      await once(connection, 'connect');
      late = once(connection, 'close');
      assert.equal(await ask(socket, published.image.objects[0]!.digest), '1');
    });
    await late;
  });

  it('keeps some refusals of a server that refuses for ever', async () => {
    const refusing = await imageServerHere(published.dir, {
      ...published.serve,
      lies: { seed: 'refuse', share: 1, kinds: ['404'] },
    });
    const [object] = published.image.objects;
    await withFetcher({ url: refusing.url }, async (socket, fetcher, requestCount) => {
      for (let i = 0; i < 30; i++) assert.equal(await ask(socket, object!.digest), '0');
      assert.equal(requestCount(), 30);
      assert.equal(fetcher.refused.length, 20);
    });
    await refusing.close();
  });

  it('of the pull client: the rest is one request for each range of the pack, over the same pull', async () => {
    const client = openPullClient();
    const dir = join(published.dir, 'rest');
    const common = { keyPem: readFileSync(published.keyPath, 'utf8'), name: NAME, leastSequence: 2 };
    const { objects } = published.image;
    const [object, ...missing] = objects;
    try {
      const begun = await client.pull({ kind: 'fetch', ...common, url: server.url, dir }, LIMIT_MS);
      // No object is looked up before it is read.
      assert.deepEqual([begun.requestCount, begun.missingCount], [2, 0]);
      assert.equal(await ask(fetchSocketOf(dir), object!.digest), '1');
      const first = await client.pull({ kind: 'fetched' }, LIMIT_MS);
      assert.deepEqual([first.requestCount, first.missingCount], [3, 1]);
      const rest = await client.pull({ kind: 'rest' }, LIMIT_MS);
      assert.equal(rest.requestCount, packRanges(objects, missing).length);
      assert.equal(rest.missingCount, missing.length);
      assert.equal(
        rest.receivedBytes,
        missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      );
      assert.equal(rest.signedNs, 0);
      assert.equal(listObjects(dir).length, objects.length);
      await assert.rejects(client.pull({ kind: 'rest' }, LIMIT_MS), /nothing was fetched/);
    } finally {
      await client.close();
    }
  });

  it('of the pull client: its end reports such a failure', async () => {
    const client = openPullClient();
    const dir = join(published.dir, 'lazy');
    const common = { keyPem: readFileSync(published.keyPath, 'utf8'), name: NAME, leastSequence: 2 };
    const [object] = published.image.objects;
    try {
      await client.pull({ kind: 'fetch', ...common, url: server.url, dir }, LIMIT_MS);
      // Where the folder of the object should be.
      writeFileSync(join(dir, object!.digest.slice(0, 2)), '');
      assert.equal(await ask(fetchSocketOf(dir), object!.digest), '');
      await assert.rejects(client.pull({ kind: 'fetched' }, LIMIT_MS), { code: 'ENOTDIR' });
    } finally {
      await client.close();
    }
  });
});
