// The server with `--verity require` and `--digest`: it serves only what the kernel verifies. Where the file system has no fs-verity, nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, openSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { verityDigest } from '../../harness/store/verity.ts';
import { enableVerity } from '../../harness/sys/verity.ts';
import { dumpOf, root as rootLine } from './dumps.ts';
import { type Lab, newLab, noCompiler, noServer, notRoot, sanitized, serve, whileServed } from './support.ts';

const skip = notRoot || noServer;
const CONTENTS = 'seven b';
const DIGEST = verityDigest(Buffer.from(CONTENTS));

let lab: Lab;
let image: string;
/** Of the file system of the lab. */
let hasVerity = false;

const sealed = (path: string): boolean => {
  try {
    enableVerity(openSync(path, 'r'));
    return true;
  } catch {
    return false;
  }
};

const file = (name: string, payload: string, digest: string): string =>
  `${name} 7 100644 1 0 0 0 1.0 ${payload} - ${digest}`;

before(() => {
  lab = newLab();
  for (const name of ['plain', 'sealed', 'other'])
    lab.object(`aa/${name}`, name === 'other' ? 'x'.repeat(7) : CONTENTS);
  hasVerity = sealed(join(lab.objects, 'aa/sealed')) && sealed(join(lab.objects, 'aa/other'));
  image = lab.image(
    'verity.cfs',
    dumpOf([
      rootLine,
      file('/none', 'aa/sealed', '-'),
      file('/other', 'aa/other', DIGEST),
      file('/plain', 'aa/plain', DIGEST),
      file('/sealed', 'aa/sealed', DIGEST),
    ]),
  );
});
after(() => lab.remove());

for (const options of [[], ['--transport', 'threads'], ['--data', 'passthrough']])
  test(`only objects with the digest of the image are served ${options.join(' ')}`, { skip }, () =>
    whileServed(
      lab,
      image,
      async ({ root, log }) => {
        const read = (name: string): Promise<string> => readFile(join(root, name), 'latin1');
        await assert.rejects(read('plain'), { code: 'EIO' });
        assert.match(log(), /object aa\/plain has no fs-verity digest/);
        await assert.rejects(read('none'), { code: 'EIO' });
        assert.match(log(), /object aa\/sealed has no digest in the image/);
        await assert.rejects(read('other'), { code: 'EIO' });
        if (!hasVerity) return;
        assert.match(log(), /object aa\/other has another fs-verity digest than the image states/);
        assert.equal(await read('sealed'), CONTENTS);
      },
      ['--verity', 'require', ...options],
    ),
  );

test('without --verity the server serves every object', { skip }, () =>
  whileServed(lab, image, async ({ root }) => {
    for (const name of ['plain', 'none', 'sealed'])
      assert.equal(await readFile(join(root, name), 'latin1'), CONTENTS);
  }),
);

test('an image is served only if the kernel enforces its digest', { skip }, async () => {
  await assert.rejects(serve(lab, image, ['--digest', DIGEST]), /verity\.cfs has no fs-verity digest/);
  const own = join(lab.folder, 'sealed.cfs');
  copyFileSync(image, own);
  if (!sealed(own)) return;
  const digest = verityDigest(readFileSync(own));
  await whileServed(lab, own, async () => {}, ['--digest', digest.toUpperCase()]);
  await assert.rejects(serve(lab, own, ['--digest', DIGEST]), /has another fs-verity digest than --digest/);
});

test('a wrong value of --digest or --verity is a usage error with exit code 2', { skip: noCompiler }, () => {
  const refused = (...options: string[]): string => {
    const { status, stderr } = spawnSync(sanitized(), [...options, 'image', 'mount'], { encoding: 'utf8' });
    assert.equal(status, 2);
    return stderr;
  };
  for (const digest of ['', 'a'.repeat(63), `${'a'.repeat(63)}g`, 'a'.repeat(65)])
    assert.match(refused('--digest', digest), /--digest must have 64 hexadecimal digits/);
  assert.match(refused('--verity', 'off'), /--verity must be require, not 'off'/);
  assert.match(refused('--metadata-only', '--verity', 'require'), /excludes --verity/);
  assert.match(refused('--control-fd', '3', '--digest', DIGEST), /excludes --digest/);
});
