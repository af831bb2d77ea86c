// fsck.erofs accepts the image of every fixture, in both format versions.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { imageBytes } from '../../harness/erofs/writer.ts';
import { fixtureNames } from '../../harness/images/fixture.ts';
import { openSource } from '../../harness/images/registry.ts';
import { findProgram } from '../../harness/sys/spawn.ts';
import { temporaryFolder } from '../harness/sys/support.ts';

const CHECKER = findProgram('fsck.erofs');
const skip = CHECKER === null ? 'needs fsck.erofs (erofs-utils)' : false;

const check = (path: string): { status: number | null; output: string } => {
  const { status, stdout, stderr } = spawnSync(CHECKER!, [path], { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
};

describe('fsck.erofs', { skip }, () => {
  for (const { name } of fixtureNames())
    test(`accepts the image of ${name} in versions 0 and 1`, async (t) => {
      const folder = temporaryFolder(t);
      const source = await openSource(`fixture:${name}`);
      for (const version of [0, 1] as const) {
        const path = join(folder, `image-${version}`);
        writeFileSync(path, imageBytes(source.tree, { imageVersion: version }));
        const { status, output } = check(path);
        assert.equal(status, 0, `version ${version}: ${output}`);
      }
      await source.close();
    });

  test('refuses a damaged image', async (t) => {
    const path = join(temporaryFolder(t), 'damaged');
    const source = await openSource('synthetic:files=50,layers=1,seed=1');
    const bytes = Buffer.from(imageBytes(source.tree, {}));
    bytes.writeUInt32LE(0, 1024);
    writeFileSync(path, bytes);
    assert.notEqual(check(path).status, 0);
    await source.close();
  });
});
