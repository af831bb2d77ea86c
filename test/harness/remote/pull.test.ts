// Pulls from a server in another process: what arrives, what is asked for, and what is refused.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openSource } from '../../../harness/images/registry.ts';
import type { UserError } from '../../../harness/model/errors.ts';
import { LIES, type LieOptions } from '../../../harness/remote/lies.ts';
import { packRanges } from '../../../harness/remote/pack-ranges.ts';
import { type PullVia, pullImage, pullManifest } from '../../../harness/remote/pull-image.ts';
import { pullLayerList, pullLayers } from '../../../harness/remote/pull-layers.ts';
import { pullFromPack, pullObjects } from '../../../harness/remote/pull-objects.ts';
import { objectPath } from '../../../harness/store/objects.ts';
import { listObjects } from '../support/list-objects.ts';
import {
  clientStore,
  imageServerHere,
  NAME,
  publishedImage,
  startImageServer,
  wrongObjects,
} from './support.ts';

const PROGRAM = fileURLToPath(new URL('../../../harness/cli/main.js', import.meta.url));
const ALL = { refusals: Number.POSITIVE_INFINITY };
/** For lies that take time: every answer is one. */
const IMPATIENT = { ...ALL, silentMs: 1000, leastBytesPerS: 1e6, parallel: 64 };
const SLOW_KINDS = ['slow', 'stall', 'silent'];

describe('a pull', () => {
  let published: Awaited<ReturnType<typeof publishedImage>>;
  before(async () => {
    published = await publishedImage(60);
  });
  after(() => published.remove());

  type Client = ReturnType<typeof clientStore>;
  const withServer = async (
    lies: LieOptions | null,
    work: (client: Client, server: Awaited<ReturnType<typeof imageServerHere>>) => Promise<void>,
  ): Promise<void> => {
    const server =
      lies === null
        ? await startImageServer(published.dir, published.serve)
        : await imageServerHere(published.dir, { ...published.serve, lies });
    const isSlow = SLOW_KINDS.includes(lies?.kinds?.[0] ?? '');
    const client = clientStore(published.dir, server.url, isSlow ? IMPATIENT : ALL);
    try {
      await work(client, server);
    } finally {
      client.close();
      await server.close();
    }
  };
  const pull = ({ remote, dir, digesters }: Client, via: PullVia = 'objects', leastSequence = 2) =>
    pullImage({ remote, key: published.publicKey, leastSequence }, { name: NAME, dir, digesters, via });

  for (const via of ['objects', 'pack'] as const)
    it(`brings every object into the store, by ${via}, and nothing twice`, () =>
      withServer(null, async (client) => {
        const { image } = published;
        const pulled = await pull(client, via);
        assert.deepEqual(pulled.refused, []);
        assert.ok(pulled.manifest.bytes.equals(image.manifest));
        assert.deepEqual(pulled.objects, image.objects);
        assert.deepEqual(
          listObjects(client.dir).sort(),
          image.objects.map(({ digest }) => digest),
        );
        assert.deepEqual(wrongObjects(client.dir), []);
        assert.deepEqual(
          readdirSync(client.dir).filter((name) => name.startsWith('.')),
          [],
        );
        const { requestCount } = client.remote;
        const ranges = packRanges(image.objects, image.objects).length;
        assert.equal(requestCount, 2 + (via === 'objects' ? image.objects.length : ranges));
        assert.equal(client.digesters.verified.count, image.objects.length);
        // A truncated object, as a crash of the machine may leave it, is fetched again.
        truncateSync(join(client.dir, objectPath(image.objects[0]!.digest)), 0);
        const again = await pull(client, via);
        assert.deepEqual(again.missing, [image.objects[0]]);
        assert.equal(client.remote.requestCount, requestCount + 3);
        assert.deepEqual(wrongObjects(client.dir), []);
      }));

  it('a pack is requested in ranges without the local objects', () => {
    const objects = [10, 20, 30, 40].map((sizeBytes, i) => ({ digest: `${i}`, sizeBytes }));
    const missing = [objects[0]!, objects[2]!, objects[3]!];
    assert.deepEqual(packRanges(objects, missing), [
      { from: 0, bytes: 10, totalBytes: 100, objects: [objects[0]] },
      { from: 30, bytes: 70, totalBytes: 100, objects: [objects[2], objects[3]] },
    ]);
  });

  it('layers are requested by digest, and each is ready once its digest was checked', () =>
    withServer(null, async ({ remote, dir }) => {
      const layers = await pullLayerList({ remote, key: published.publicKey }, NAME);
      const ready: string[] = [];
      const refused = await pullLayers(layers, {
        remote,
        dir,
        verified: { count: 0, bytes: 0, ns: 0 },
        async ready({ id }, tarPath) {
          assert.equal(createHash('sha256').update(readFileSync(tarPath)).digest('hex'), id);
          ready.push(id);
        },
      });
      assert.deepEqual(refused, []);
      assert.deepEqual(ready.sort(), published.image.layers.map(({ id }) => id).sort());
    }));

  it('when a layer cannot be written, the work on others ends before the error is thrown', () =>
    withServer(null, async (_client, { url }) => {
      const { remote, dir, close } = clientStore(published.dir, url, { parallel: 1 });
      const layers = await pullLayerList({ remote, key: published.publicKey }, NAME);
      const events: string[] = [];
      const tars = join(dir, 'tars');
      mkdirSync(tars);
      const pulling = pullLayers(layers, {
        remote,
        dir: tars,
        verified: { count: 0, bytes: 0, ns: 0 },
        async ready() {
          rmSync(tars, { recursive: true });
          await sleep(200);
          events.push('ready');
        },
      });
      await assert.rejects(pulling, { code: 'ENOENT' });
      assert.deepEqual(events, ['ready']);
      close();
    }));

  it('an older version with a right signature is a rollback', () =>
    withServer({ seed: 'old', share: 1, kinds: ['old'] }, async (client) => {
      await assert.rejects(pull(client), (error: UserError) => {
        assert.equal(error.code, 'rollback');
        assert.match(
          error.message,
          /^the manifest of debian: the signed image is older than a version that is known/,
        );
        return true;
      });
      // Whoever has seen no version yet cannot tell.
      assert.equal(
        (await pullManifest({ remote: client.remote, key: published.publicKey }, NAME)).text.sequence,
        1,
      );
    }));

  it('a manifest with another digest than the signed one is refused, by its name', () =>
    withServer({ seed: 'manifest', share: 0.5, kinds: ['one-bit'] }, async ({ remote }) => {
      const codes = new Set<string>();
      for (let tries = 0; tries < 30; tries++)
        try {
          const { bytes } = await pullManifest({ remote, key: published.publicKey }, NAME);
          assert.ok(bytes.equals(published.image.manifest));
        } catch (error) {
          const { code, message } = error as UserError;
          codes.add(code);
          assert.match(message, /^the manifest of debian: /);
        }
      assert.ok(codes.has('wrong-digest') && codes.has('bad-signature'), [...codes].join());
    }));

  for (const kind of Object.keys(LIES))
    it(`the lie '${kind}' is refused for each object, by name, and is not stored`, () =>
      withServer({ seed: kind, share: 1, kinds: [kind] }, async (client, server) => {
        const { remote, dir, digesters } = client;
        const { image } = published;
        const via = /range$/.test(kind) && kind !== 'unasked-range' ? 'pack' : 'objects';
        const given = { remote, dir, digesters, missing: image.objects };
        const refused = await (via === 'pack'
          ? pullFromPack(NAME, image.objects, given)
          : pullObjects(given));
        const lied = server.lies();
        assert.deepEqual(wrongObjects(dir), []);
        if (via === 'objects') {
          const paths = [...new Set(lied.map((line) => line.split(' ')[1]!.replace(/^objects|\//g, '')))];
          const named = new Set(refused.map(({ what }) => what.slice('object '.length)));
          assert.deepEqual(
            paths.filter((digest) => !named.has(digest)),
            [],
          );
          // On a busy machine an answer that comes too late is refused as well.
          if (!SLOW_KINDS.includes(kind)) assert.equal(named.size, paths.length);
          assert.equal(listObjects(dir).length, image.objects.length - named.size);
        } else {
          assert.equal(refused.length, image.objects.length);
          assert.deepEqual(listObjects(dir), []);
        }
        if (kind === 'old') assert.deepEqual(refused, []);
        else assert.ok(lied.length > 0);
        for (const { what, error } of refused)
          assert.ok(error.message.startsWith(`${what}: `), error.message);
        assert.ok(!lied.some((line) => line.startsWith('stolen')), 'the client went elsewhere');
        assert.deepEqual(
          readdirSync(dir).filter((name) => name.startsWith('.')),
          [],
        );
      }));

  it('a kept connection that is reset within an answer gives a cut answer, and nothing is asked for twice', () =>
    withServer({ seed: 'reset', share: 0.5, kinds: ['reset'] }, async (client, server) => {
      const { image } = published;
      const refused = await pullObjects({ ...client, missing: image.objects });
      assert.ok(refused.length > 0);
      assert.equal(refused.length, server.lies().length);
      assert.equal(client.remote.requestCount, image.objects.length);
      for (const { error } of refused) {
        assert.equal(error.code, 'short');
        assert.match(error.message, /^object [0-9a-f]{64}: the connection ended after \d+ of \d+ bytes$/);
      }
    }));

  it('an image whose name has a colon is pulled', async () => {
    const name = 'debian:12';
    const named = await publishedImage(4, name);
    const server = await imageServerHere(named.dir, named.serve);
    const { remote, dir, digesters, close } = clientStore(named.dir, server.url);
    try {
      const source = { remote, key: named.publicKey };
      for (const via of ['objects', 'pack'] as const)
        assert.deepEqual((await pullImage(source, { name, dir, digesters, via })).refused, []);
      assert.equal(listObjects(dir).length, named.image.objects.length);
      assert.equal((await pullLayerList(source, name)).length, named.image.layers.length);
    } finally {
      close();
      await server.close();
      named.remove();
    }
  });

  for (const name of ['', '.', '..', '.hidden', 'a%2fb', 'a?b'])
    it(`remote: refuses the name '${name}' before it asks a server`, () =>
      assert.rejects(openSource(`remote:http://127.0.0.1:1/images/${name},key=/none`), {
        message: 'remote: the URL does not end with the name of an image',
      }));

  for (const least of ['', 'x', '-1', '1.5', '9007199254740992', '7,least=8'])
    it(`remote: refuses least=${least}, which is no part of the path of the key`, () =>
      assert.rejects(openSource(`remote:http://127.0.0.1:1/debian,key=/none,least=${least}`), {
        message: `remote: 'least=${least}' is no sequence number`,
        exit: 1,
      }));

  it('remote: is an image source, and names the object that is refused', () =>
    withServer(null, async (_client, server) => {
      const work = join(published.dir, 'build');
      mkdirSync(work);
      const build = (url: string, more = '') =>
        spawnSync(
          process.execPath,
          [
            PROGRAM,
            'image',
            'build',
            `remote:${url}${NAME},key=${published.keyPath}${more}`,
            join(work, 'out.cfs'),
          ],
          { encoding: 'utf8', env: { ...process.env, TMPDIR: work } },
        );
      assert.equal(build(server.url).status, 0);
      assert.ok(readFileSync(join(work, 'out.cfs')).equals(published.image.manifest));
      assert.match(
        build(server.url, ',least=3').stderr,
        /^cfsbench: the manifest of debian: the signed image is older/,
      );
      // The highest number that `image sign` takes.
      assert.match(
        build(server.url, ',least=9007199254740991').stderr,
        /^cfsbench: the manifest of debian: the signed image is older/,
      );
      const lying = await startImageServer(published.dir, {
        ...published.serve,
        lies: { seed: 'x', share: 0.2, kinds: ['one-bit'] },
      });
      const { status, stderr } = build(lying.url);
      await lying.close();
      assert.equal(status, 5);
      assert.match(stderr, /^cfsbench: (the manifest of debian|object [0-9a-f]{64}): /);
      assert.deepEqual(readdirSync(work), ['out.cfs']);
    }));
});
