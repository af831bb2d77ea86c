// Opens small inputs that would need much memory or time, one after another. Prints their error codes as JSON, and the memory that the one
// with the highest peak took in addition to what was in use before.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openDump } from '../../../harness/images/dump.ts';
import type { LayerReading } from '../../../harness/images/layer-node.ts';
import { readLayer } from '../../../harness/images/layer-tree.ts';
import { type LowerDirectory, withLayer } from '../../../harness/images/lower-directories.ts';
import { type ReadMember, readTar } from '../../../harness/images/tar-reader.ts';
import { toBytes } from '../../../harness/model/bytes.ts';
import { LIMITS } from '../../../harness/model/input-limits.ts';
import { TAR_END } from '../../../harness/store/tar-header.ts';
import { zstdBomb } from '../properties/zstd-frames.ts';
import { OciLayout, tarOf, uncompressed } from './oci-layouts.ts';
import { metaHeader, pax, paxRecord } from './tar-parts.ts';
import { directory, treeOf } from './trees.ts';

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

const nothing = (): never => {
  throw new Error('there are no files');
};

const readingOf = (below: LowerDirectory | undefined): LayerReading => ({
  title: 'layer',
  below,
  size: { entries: 0, textBytes: 0 },
  addBytes: nothing,
  read: nothing,
  digest: nothing,
  contentsBelow: nothing,
});

/** An opaque directory that a lower layer has, too, and that is listed as often as it has entries. */
const listedAgain = async (): Promise<unknown> => {
  const count = 300_000;
  const plain = {
    mode: 0o755,
    uid: 0,
    gid: 0,
    mtimeNs: 0n,
    major: 0,
    minor: 0,
    offset: 0,
    sizeBytes: 0,
    link: '',
  };
  const members = function* (): Generator<ReadMember> {
    const listed: ReadMember = { ...plain, type: 'directory', path: 'd', xattrs: [] };
    yield { ...listed, xattrs: [['trusted.overlay.opaque', 'y']] };
    for (let i = 0; i < count; i++) yield { ...plain, type: 'fifo', path: `d/${i}`, xattrs: [] };
    for (let i = 0; i < count; i++) yield listed;
  };
  return readLayer(members(), readingOf(withLayer(undefined, treeOf({ d: directory() }))));
};

/** Symlinks below one extended header each, which is as long as allowed: an archive that lies nowhere, 1 MiB for each of them. */
const longHeaders = (flag: 'x' | 'K', text: (target: string) => string) => async (): Promise<unknown> => {
  const count = 600;
  const number = (index: number): string => `target-number-${String(index).padStart(4, '0')}`;
  const meta = metaHeader(flag, toBytes(text(number(0)).padEnd(LIMITS.tarHeaderBytes, '\0')));
  const at = meta.indexOf(number(0));
  const bytes = meta.length + 512;
  const members = readTar({
    title: 'long headers',
    sizeBytes: count * bytes,
    read(offset, length) {
      const index = Math.floor(offset / bytes);
      const inside = offset - index * bytes;
      if (inside >= meta.length) return tarOf({ path: `f${index}`, type: '2' }).subarray(0, 512);
      meta.write(number(index), at);
      return meta.subarray(inside, inside + length);
    },
  });
  const { tree } = readLayer(members, readingOf(undefined));
  if (tree.count !== count + 1) throw new Error(`${tree.count} entries`);
  return tree;
};

const manyAttributes = (): Buffer =>
  Buffer.from(
    ROOT +
      Array.from(
        { length: 3000 },
        (_, i) => `/f${i} 0 100644 1 0 0 0 0.0 - - - user.x=${i}${'v'.repeat(30_000)}\n`,
      ).join(''),
  );

/** 600 MB: lines with one long attribute, which is stored once, and hard links to them. */
const linksApart = (): Buffer => {
  const attribute = `user.x=${'v'.repeat(30_000)}`;
  const members = Array.from({ length: 100 }, (_, member) => {
    const lines = Array.from({ length: 200 }, (__, i) => {
      const name = `a-name-of-a-file-${member}-${i}`;
      return `/${name} 0 100644 2 0 0 0 0.0 - - - ${attribute}\n/l${member}-${i} 0 @100644 2 0 0 0 0.0 ${name} - -\n`;
    });
    return gzipSync((member === 0 ? ROOT : '') + lines.join(''), { level: 1 });
  });
  return Buffer.concat(members);
};

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
  'hard links between long attributes': dump('links.dump.gz', linksApart()),
  'zstd with a history of 2 GB': dump('history.dump.zst', zstdBomb(2, 31)),
  'zstd of zeros': dump('zeros.dump.zst', zstdBomb(20_000)),
  'sixty deep layers': deepLayers,
  'long comments beside targets': longHeaders('x', (target) => {
    const record = paxRecord('linkpath', target);
    return record + paxRecord('comment', 'c'.repeat(LIMITS.tarHeaderBytes - record.length - 17));
  }),
  'long padding behind targets of GNU': longHeaders('K', (target) => target),
  'a directory that is listed again and again': listedAgain,
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
  '65 sparse files of 1 GiB': refusedLayout((layout) => {
    const hole = (index: number): Buffer =>
      Buffer.concat([
        pax('x', 'GNU.sparse.major=0', 'GNU.sparse.minor=1', `GNU.sparse.size=${2 ** 30}`, 'GNU.sparse.map='),
        tarOf({ path: `f${index}` }).subarray(0, 512),
      ]);
    const holes = Array.from({ length: 65 }, (_, index) => hole(index));
    layout.add(layout.manifest(uncompressed(Buffer.concat([...holes, TAR_END]))));
  }),
  'attributes of a member beyond the kernel': refusedLayout((layout) => {
    const xattrs = Array.from({ length: 400 }, (_, i) => [`user.${i}${'n'.repeat(200)}`, ''] as const);
    layout.add(layout.manifest(uncompressed(tarOf({ path: 'a', xattrs }))));
  }),
};

const residentPeak = (): number =>
  Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))![1]) * 1024;

/** proc(5), clear_refs: from now on the peak is that of the time after. */
const restartPeak = (): void => writeFileSync('/proc/self/clear_refs', '5');

const codes: Record<string, string> = {};
let peakBytes = 0;
try {
  for (const [name, open] of Object.entries(bombs)) {
    restartPeak();
    const before = residentPeak();
    codes[name] = await open().then(
      () => 'opened',
      (error: Error & { code?: string }) => error.code ?? error.message,
    );
    peakBytes = Math.max(peakBytes, residentPeak() - before);
  }
} finally {
  rmSync(dir, { recursive: true });
}
process.stdout.write(JSON.stringify({ codes, peakBytes }));
