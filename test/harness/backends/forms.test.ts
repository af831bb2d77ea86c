import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { seesTrusted } from '../../../harness/digest/of-mount.ts';
import { expectedListing } from '../../../harness/digest/of-tree.ts';
import { probeImage } from '../../../harness/erofs/probe-image.ts';
import { openSource } from '../../../harness/images/registry.ts';
import type { Image } from '../../../harness/model/image.ts';
import type { FeatureId, Features } from '../../../harness/model/machine.ts';
import { serverPath } from '../../../harness/native/paths.ts';
import { openWorkspace, removeWorkspace, type Workspace } from '../../../harness/runner/workspace.ts';
import { prepareImage } from '../../../harness/store/prepare.ts';
import { createStore } from '../../../harness/store/store.ts';
import { findFeatures } from '../../../harness/sys/features/find.ts';
import { createMachine } from '../../../harness/sys/machine.ts';
import { makeWork, needsRoot, privateMounts } from '../sys/support.ts';
import { proveAlone } from './setting.ts';

const without = (features: Features, ...missing: readonly FeatureId[]): Features =>
  Object.fromEntries(
    Object.entries(features).map(([id, found]) => [
      id,
      missing.includes(id as FeatureId) ? { ok: false, detail: 'left out by the test', hint: '' } : found,
    ]),
  ) as unknown as Features;

const FORMS: readonly {
  readonly name: string;
  readonly lacks: readonly FeatureId[];
  readonly took: Record<string, string>;
}[] = [
  { name: 'a file, layers by descriptor', lacks: [], took: { erofs: 'file', layers: 'fd' } },
  { name: 'a file, layers by path', lacks: ['overlay-layer-fds'], took: { erofs: 'file', layers: 'path' } },
  {
    name: 'a file, layers in one string',
    lacks: ['overlay-layer-fds', 'overlay-data-layers'],
    took: { erofs: 'file', layers: 'colons' },
  },
  {
    name: 'a loop device, layers by descriptor',
    lacks: ['erofs-file'],
    took: { erofs: 'loop', layers: 'fd' },
  },
  {
    name: 'a loop device, layers in one string',
    lacks: ['erofs-file', 'overlay-layer-fds', 'overlay-data-layers'],
    took: { erofs: 'loop', layers: 'colons' },
  },
];

/** Where no path fits an option of a mount, and where each one does and two in one string do not. */
const DEPTHS: readonly (readonly [words: string, names: readonly string[]])[] = [
  ['over 300 bytes', ['x', 'y', 'z'].map((letter) => letter.repeat(100))],
  ['about 150 bytes', ['x'.repeat(70)]],
];

for (const [words, names] of DEPTHS)
  describe(`every form of a mount shows the same tree, below a path of ${words}`, { skip: needsRoot }, () => {
    privateMounts();
    let dir: string;
    let workspace: Workspace;
    let image: Image;
    let features: Features;

    const longFolder = (): string => {
      const path = join(dir, ...names);
      mkdirSync(path, { recursive: true });
      return path;
    };

    before(async () => {
      dir = mkdtempSync(join(tmpdir(), 'cfsbench-forms-'));
      features = await findFeatures({ workDir: dir, imageBytes: probeImage(), serverPath });
      workspace = openWorkspace(makeWork(join(longFolder(), 'work')));
      const source = await openSource('synthetic:files=60,layers=3,seed=forms');
      const objectDir = join(workspace.store, 'objects');
      image = await prepareImage(source, { dir: join(workspace.sources, '0'), objectDir });
      await source.close();
    });

    after(async () => {
      if (workspace !== undefined) await removeWorkspace(workspace);
      rmSync(dir, { recursive: true, force: true });
    });

    const proof = async (id: string, lacks: readonly FeatureId[]) => {
      const backend = backends.find((known) => known.id === id)!;
      const machine = createMachine(without(features, ...lacks), { scratch: workspace.scratch });
      const store = createStore({ state: 'full', dir: workspace.store, files: machine.files });
      const listingPath = join(workspace.sources, 'expected');
      const digests = expectedListing(image, { listingPath, trusted: seesTrusted() });
      const folders = workspace.slot('proof');
      const arm = { id, backend, options: {} };
      const proved = await proveAlone({
        arm,
        image,
        expected: { ...digests, listingPath },
        machine,
        store,
        folders,
        workDir: folders.dir,
      });
      assert.equal(proved.kind, 'proof');
      if (proved.kind !== 'proof') throw new Error('unreachable');
      assert.equal(proved.proof.difference, null);
      return proved.proof;
    };

    for (const { name, lacks, took } of FORMS)
      test(`erofs-overlay from ${name}`, async () => {
        assert.deepEqual((await proof('erofs-overlay', lacks)).took, took);
      });

    for (const lacks of [[], ['overlay-single-layers']] as const)
      test(`unpacked-overlay ${lacks.length === 0 ? 'layer by layer' : 'with all layers in one string'}`, async () => {
        const { took } = await proof('unpacked-overlay', lacks);
        assert.deepEqual(took, { layers: lacks.length === 0 ? 'path' : 'colons', layerCount: '3' });
      });

    test('erofs-metacopy-loop', async () => {
      const { took } = await proof('erofs-metacopy-loop', []);
      assert.deepEqual(took, { erofs: 'loop', layers: 'colons, store as a plain layer' });
    });

    test('composefs-fuse', async () => {
      assert.equal((await proof('composefs-fuse', [])).fsType, 'fuse.cfs-fuse');
    });
  });
