// Opens small inputs that would need much memory or time, one after another. Prints their error codes and the peak memory as JSON.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openDump } from '../../../harness/images/dump.ts';
import { zstdBomb } from '../properties/zstd-frames.ts';
import { OciLayout, tarOf, uncompressed } from './oci-layouts.ts';

const ROOT = '/ 4096 40755 2 0 0 0 0.0 - - -\n';
const dir = mkdtempSync(join(tmpdir(), 'cfsbench-bombs-'));

const dump = (name: string, bytes: Uint8Array) => (): Promise<unknown> => {
  writeFileSync(join(dir, name), bytes);
  return openDump(join(dir, name), name);
};

/** Deep directories that no layer lists, below another deep one in each layer. */
const deepLayers = async (): Promise<unknown> => {
  const layout = new OciLayout();
  try {
    return await layout.openTars(
      ...Array.from({ length: 60 }, (_, i) =>
        tarOf({ path: `${'d/'.repeat(1000)}${i}/${'e/'.repeat(1000)}f`, contents: 'f' }),
      ),
    );
  } finally {
    await layout.remove();
  }
};

const refusedLayout = (write: (layout: OciLayout) => void) => async (): Promise<unknown> => {
  const layout = new OciLayout();
  try {
    write(layout);
    return await layout.open();
  } finally {
    await layout.remove();
  }
};

const manyAttributes = (): Buffer =>
  Buffer.from(
    ROOT +
      Array.from(
        { length: 3000 },
        (_, i) => `/f${i} 0 100644 1 0 0 0 0.0 - - - user.x=${i}${'v'.repeat(30_000)}\n`,
      ).join(''),
  );

const deepPath = (): Buffer => {
  let text = ROOT;
  for (let path = `/${'n'.repeat(255)}`; path.length < 70_000; path += `/${'n'.repeat(255)}`)
    text += `${path} 0 40755 2 0 0 0 0.0 - - -\n`;
  return Buffer.from(text);
};

const bombs: Readonly<Record<string, () => Promise<unknown>>> = {
  'attributes of 90 MB': dump('attributes.dump.gz', gzipSync(manyAttributes())),
  'a number of a million zeros': dump('zeros.dump', Buffer.from(`${ROOT}/a ${'0'.repeat(1_000_000)}x\n`)),
  'a line of 3 MB': dump('line.dump', Buffer.from(ROOT + 'x'.repeat(3_000_000))),
  'a path of 70 KB': dump('deep.dump.gz', gzipSync(deepPath())),
  'zstd with a history of 2 GB': dump('history.dump.zst', zstdBomb(2, 31)),
  'zstd of zeros': dump('zeros.dump.zst', zstdBomb(20_000)),
  'sixty deep layers': deepLayers,
  'nested lists in place of a digest': refusedLayout((layout) => {
    const config = layout.blob(
      Buffer.from(`{"rootfs":{"diff_ids":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}}`),
      'application/vnd.oci.image.config.v1+json',
    );
    const tar = tarOf({ path: 'a' });
    const layer = layout.blob(tar, 'application/vnd.oci.image.layer.v1.tar');
    layout.add(
      layout.json(
        { schemaVersion: 2, config, layers: [layer] },
        'application/vnd.oci.image.manifest.v1+json',
      ),
    );
  }),
  'attributes of a member beyond the kernel': refusedLayout((layout) => {
    const xattrs = Array.from({ length: 400 }, (_, i) => [`user.${i}${'n'.repeat(200)}`, ''] as const);
    layout.add(layout.manifest(uncompressed(tarOf({ path: 'a', xattrs }))));
  }),
};

const codes: Record<string, string> = {};
try {
  for (const [name, open] of Object.entries(bombs))
    codes[name] = await open().then(
      () => 'opened',
      (error: Error & { code?: string }) => error.code ?? error.message,
    );
} finally {
  rmSync(dir, { recursive: true });
}
process.stdout.write(JSON.stringify({ codes, peakBytes: process.resourceUsage().maxRSS * 1024 }));
