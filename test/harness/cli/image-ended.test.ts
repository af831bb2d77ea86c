// `image build` that is ended while it decompresses layers.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { TEMPORARY_NAME } from '../../../results/write-file.ts';
import { diskFolder, eventually, PROGRAM, start } from '../../end-to-end/support.ts';
import { OciLayout, tarOf } from '../images/oci-layouts.ts';

const LIMIT_MS = 60_000;
const LAYER = tarOf({ path: 'random', contents: randomBytes(48e6) });
const STORED = gzipSync(LAYER, { level: 1 });

const holdsSpool = (pid: number): boolean =>
  readdirSync(`/proc/${pid}/fd`).some((fd) => {
    try {
      return /\/\.cfsbench-layers-.* \(deleted\)$/.test(readlinkSync(`/proc/${pid}/fd/${fd}`));
    } catch {
      return false; // It was closed meanwhile.
    }
  });

const endBuild = async (t: TestContext, signal: NodeJS.Signals) => {
  const home = diskFolder(t);
  const [temporary, target] = [join(home, 'tmp'), join(home, 'target')];
  for (const folder of [temporary, target]) mkdirSync(folder);
  const layout = new OciLayout();
  t.after(() => layout.remove());
  layout.add(layout.manifest([[STORED, LAYER]], 'application/vnd.oci.image.layer.v1.tar+gzip'));
  const argv = [process.execPath, PROGRAM, 'image', 'build', `oci:${layout.path}`, join(target, 'image')];
  const building = start(t, argv, { TMPDIR: temporary });
  await eventually('decompressed layers', LIMIT_MS, () => holdsSpool(building.child.pid!));
  building.child.kill(signal);
  const { code } = await building.done;
  return { code, temporary: readdirSync(temporary), target: readdirSync(target) };
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)
  test(`image build of an OCI layout that ${signal} ends leaves no decompressed layer and no half image`, async (t) => {
    const { code, temporary, target } = await endBuild(t, signal);
    assert.notEqual(code, 0);
    assert.deepEqual(temporary, []);
    // What SIGKILL may leave, `cfsbench clean` removes.
    const left = signal === 'SIGKILL' ? target.filter((name) => !TEMPORARY_NAME.test(name)) : target;
    assert.deepEqual(left, []);
  });
