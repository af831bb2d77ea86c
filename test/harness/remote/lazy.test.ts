// Lazy start: a mount of a store without objects, whose server asks a fetcher for each object that is read.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openFetcher } from '../../../harness/remote/fetcher.ts';
import type { LieOptions } from '../../../harness/remote/lies.ts';
import { objectPath } from '../../../harness/store/objects.ts';
import { verityDigest } from '../../../harness/store/verity.ts';
import { someFiles } from '../../../scenarios/image-files.ts';
import { type Lab, newLab, noServer, notRoot, whileServed } from '../../daemon/support.ts';
import { listObjects } from '../support/list-objects.ts';
import { clientStore, publishedImage, startImageServer, wrongObjects } from './support.ts';

const MANY = ['--transport', 'threads', '--threads', '4'];

describe('a lazy start', { skip: notRoot || noServer }, () => {
  let published: Awaited<ReturnType<typeof publishedImage>>;
  before(async () => {
    published = await publishedImage(60);
  });
  after(() => published.remove());

  interface LazyMount {
    readonly lab: Lab;
    readonly socket: string;
    readonly root: string;
    readonly fetcher: Awaited<ReturnType<typeof openFetcher>>;
    requestCount(): number;
    log(): string;
  }

  const lazily = async (
    lies: LieOptions | null,
    work: (mount: LazyMount) => Promise<void>,
  ): Promise<void> => {
    const lab = newLab();
    // In another process: reads that wait occupy the threads with which this one reads files.
    const server = await startImageServer(published.dir, {
      ...published.serve,
      ...(lies === null ? {} : { lies }),
    });
    const client = clientStore(published.dir, server.url);
    const socket = join(lab.objects, '.fetch');
    const fetcher = await openFetcher(socket, published.image.objects, { ...client, dir: lab.objects });
    try {
      const manifest = lab.file('image.cfs', published.image.manifest);
      await whileServed(
        lab,
        manifest,
        ({ root, log }) =>
          work({ lab, socket, root, fetcher, log, requestCount: () => client.remote.requestCount }),
        ['--fetch', socket, ...MANY],
      );
    } finally {
      await fetcher.close();
      client.close();
      await server.close();
      lab.remove();
    }
  };

  /** Files with an object, and its digest. */
  const files = (): readonly (readonly [path: string, digest: string])[] => {
    const { tree } = published.image;
    return someFiles(tree, 30, 'lazy').flatMap((path) => {
      const entry = tree.entry(tree.find(path)!);
      const { digest } = entry.link === null ? entry : tree.entry(entry.link);
      return digest === null ? [] : [[path, digest] as const];
    });
  };

  it('the store is empty at the start, and each object is fetched once, when it is read', () =>
    lazily(null, async ({ lab, root, requestCount }) => {
      assert.deepEqual(listObjects(lab.objects), []);
      const wanted = files();
      // Twice at the same time: two readers of one object wait for one request.
      for (let i = 0; i < wanted.length; i += 2)
        await Promise.all(
          [...wanted.slice(i, i + 2), ...wanted.slice(i, i + 2)].map(async ([path, digest]) =>
            assert.equal(verityDigest(await readFile(root + path)), digest, path),
          ),
        );
      const distinct = new Set(wanted.map(([, digest]) => digest));
      assert.deepEqual(listObjects(lab.objects).sort(), [...distinct].sort());
      assert.equal(requestCount(), distinct.size);
    }));

  it('an object of another size, as a crash leaves it, is fetched again', () =>
    lazily(null, async ({ lab, root, log, requestCount }) => {
      const wanted = [...new Map(files().map(([path, digest]) => [digest, path]))].slice(0, 2);
      for (const [i, [digest]] of wanted.entries())
        lab.object(objectPath(digest), i === 0 ? '' : 'x'.repeat(1e6));
      for (const [digest, path] of wanted)
        assert.equal(verityDigest(await readFile(root + path)), digest, path);
      assert.equal(requestCount(), 2);
      assert.equal(log(), '');
      assert.deepEqual(wrongObjects(lab.objects), []);
    }));

  it('a lie gives EIO and no byte, is not stored, and the next read fetches the object again', () =>
    lazily(
      {
        seed: 'lazy',
        share: 0.5,
        kinds: ['one-bit', 'garbage', 'short', 'other-object-same-size', '404', 'cut'],
      },
      async ({ lab, root, fetcher, log }) => {
        let refusedCount = 0;
        for (const [path, digest] of files())
          for (let tries = 0; ; tries++) {
            assert.ok(tries < 50, path);
            try {
              assert.equal(verityDigest(await readFile(root + path)), digest, path);
              break;
            } catch (error) {
              assert.equal((error as NodeJS.ErrnoException).code, 'EIO', path);
              refusedCount++;
              assert.ok(log().includes(`${digest.slice(0, 2)}/${digest.slice(2)}`), log());
            }
          }
        assert.ok(refusedCount > 0);
        assert.ok(fetcher.refused.length > 0);
        for (const { what, error } of fetcher.refused) assert.ok(error.message.startsWith(`${what}: `));
        assert.deepEqual(wrongObjects(lab.objects), []);
        assert.deepEqual(
          readdirSync(lab.objects).filter((name) => name.startsWith('.new')),
          [],
        );
      },
    ));

  it('an object that the manifest does not name is refused; without the fetcher a read gives EIO', () =>
    lazily(null, async ({ lab, root, socket, fetcher, requestCount }) => {
      const answer = await new Promise<string>((done, failed) => {
        const connection = connect(socket, () => connection.write(`${'a'.repeat(64)}\n`));
        connection.on('error', failed).on('data', (bytes) => done(bytes.toString()));
      });
      assert.equal(answer, '0');
      assert.equal(requestCount(), 0);
      await fetcher.close();
      assert.ok(!existsSync(socket));
      const [path] = files()[0]!;
      await assert.rejects(readFile(root + path), { code: 'EIO' });
      assert.deepEqual(listObjects(lab.objects), []);
    }));

  it('a path that is no socket is refused before the mount', async () => {
    const lab = newLab();
    try {
      const manifest = lab.file('image.cfs', published.image.manifest);
      await assert.rejects(
        whileServed(lab, manifest, async () => {}, ['--fetch', manifest]),
        /fetch: .*image\.cfs: Socket operation on non-socket/,
      );
      await assert.rejects(
        whileServed(lab, manifest, async () => {}, ['--fetch', manifest, '--metadata-only']),
        /--metadata-only reads no objects, so it excludes --fetch/,
      );
    } finally {
      lab.remove();
    }
  });
});
