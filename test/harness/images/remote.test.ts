// Manifests with a right signature whose files have no object that was pulled: none may lead to a file of this machine.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import { parseDump } from '../../../harness/images/dump-text.ts';
import { openRemote } from '../../../harness/images/remote.ts';
import type { SourceImage } from '../../../harness/model/image.ts';
import { publish } from '../../../harness/remote/publish.ts';
import { objectPath } from '../../../harness/store/objects.ts';
import { verityDigest } from '../../../harness/store/verity.ts';
import { imageServerHere } from '../remote/support.ts';
import { temporaryFolder } from '../sys/support.ts';

const CONTENTS = Buffer.from('x'.repeat(100));
const DIGEST = verityDigest(CONTENTS);
const OBJECT = objectPath(DIGEST);

const manifestOf = (...lines: string[]): Buffer =>
  imageBytes(parseDump(Buffer.from(['/ 4096 40755 2 0 0 0 0.0 - - -', ...lines, ''].join('\n'), 'latin1')));

/** Signs `manifest`, serves it with the object, and opens it. */
const opened = async (t: TestContext, manifest: Buffer): Promise<SourceImage> => {
  const dir = temporaryFolder(t);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keyPath = join(dir, 'public.pem');
  writeFileSync(keyPath, publicKey.export({ type: 'spki', format: 'pem' }));
  const packPath = join(dir, 'pack');
  writeFileSync(packPath, CONTENTS);
  const image = { manifest, layers: [], packPath };
  const files = publish(image, { name: 'image', sequence: 1, key: privateKey, dir });
  const objects = { pack: packPath, sizes: [[DIGEST, CONTENTS.length]] } as const;
  const server = await imageServerHere(dir, { files, objects, link: { delayMs: 0, bytesPerS: null } });
  t.after(() => server.close());
  const spoolDir = join(dir, 'spool');
  mkdirSync(spoolDir);
  return openRemote(`${server.url}image,key=${keyPath}`, 'remote:', { spoolDir });
};

test('a file is read from the object that was pulled, with its digest in the manifest or without', async (t) => {
  const image = await opened(
    t,
    manifestOf(`/f 100 100644 1 0 0 0 0.0 ${OBJECT} - ${DIGEST}`, `/g 100 100644 1 0 0 0 0.0 ${OBJECT} - -`),
  );
  for (const path of ['/f', '/g']) {
    const place = image.content(image.tree, image.tree.find(path)!);
    assert.ok(place.kind === 'file' && typeof place.file === 'string');
    assert.ok(readFileSync(place.file).equals(CONTENTS));
  }
  await image.close();
});

test('a redirect in another stored form is refused', async (t) => {
  const manifest = manifestOf(
    '/f 100 100644 1 0 0 0 0.0 - - - xrusted.overlay.redirect=/../../../../../../etc/shadow',
  );
  const at = manifest.indexOf('xrusted.');
  assert.ok(at > 0);
  manifest.write('t', at);
  await assert.rejects(opened(t, manifest), {
    code: 'bad-image',
    message: 'not a valid composefs image: the name of an attribute repeats a prefix that has a number',
  });
});

for (const [what, object, facts] of [
  ['without an object', '- - -', ['object: none', 'digest: none']],
  ['with a digest and no object', `- - ${DIGEST}`, ['object: none', `digest: ${DIGEST}`]],
  [
    'with the object of another file',
    `${OBJECT} - ${'ab'.repeat(32)}`,
    [`object: ${OBJECT}`, `digest: ${'ab'.repeat(32)}`],
  ],
] as const)
  test(`a file ${what} is refused`, async (t) => {
    await assert.rejects(opened(t, manifestOf(`/f 100 100644 1 0 0 0 0.0 ${object}`)), {
      code: 'bad-image',
      message: 'the manifest names no object with the digest of a file',
      facts: ['file: /f', ...facts],
    });
  });
