// A prepared image, a full store and a machine in a private mount namespace, for tests of backends.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backends } from '../../../harness/backends/registry.ts';
import { serverPath } from '../../../harness/backends/server-path.ts';
import { seesTrusted } from '../../../harness/digest/of-mount.ts';
import { expectedListing } from '../../../harness/digest/of-tree.ts';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import { openSource } from '../../../harness/images/registry.ts';
import type { Backend, Store } from '../../../harness/model/backend.ts';
import { newTreeBuilder } from '../../../harness/model/columns.ts';
import type { Image } from '../../../harness/model/image.ts';
import type { Features, Machine } from '../../../harness/model/machine.ts';
import { PLAIN_DIRECTORY } from '../../../harness/model/tree.ts';
import { openWorkspace, removeWorkspace, type Workspace } from '../../../harness/runner/workspace.ts';
import { prepareImage } from '../../../harness/store/prepare.ts';
import { createStore } from '../../../harness/store/store.ts';
import { findFeatures } from '../../../harness/sys/features.ts';
import { createMachine } from '../../../harness/sys/machine.ts';

export interface Setting {
  readonly dir: string;
  readonly workspace: Workspace;
  readonly image: Image;
  readonly features: Features;
  readonly machine: Machine;
  readonly store: Store;
  readonly expected: {
    readonly digest: string;
    readonly metadataDigest: string;
    readonly mergedDigest: string;
    readonly listingPath: string;
  };
  backend(id: string): Backend;
  /** An empty folder of its own below `dir`. */
  folder(name: string): string;
  remove(): Promise<void>;
}

const emptyImage = (): Uint8Array => {
  const builder = newTreeBuilder();
  builder.add(-1, '', PLAIN_DIRECTORY);
  return imageBytes(builder.finish());
};

export const openSetting = async (spec: string): Promise<Setting> => {
  const dir = mkdtempSync(join(tmpdir(), 'cfsbench-backend-'));
  const features = await findFeatures({ workDir: dir, imageBytes: emptyImage(), serverPath });
  const workspace = openWorkspace(join(dir, 'work'), process.pid);
  const source = await openSource(spec);
  const objectDir = join(workspace.store, 'objects');
  const image = await prepareImage(source, { dir: join(workspace.sources, '0'), objectDir });
  await source.close();
  const machine = createMachine(features, { scratch: workspace.scratch });
  const store = createStore({ state: 'full', dir: workspace.store, files: machine.files });
  store.ingest(image);
  const listingPath = join(workspace.sources, 'expected');
  const { digest, metadataDigest, mergedDigest } = expectedListing(image, {
    listingPath,
    trusted: seesTrusted(),
  });
  return {
    dir,
    workspace,
    image,
    features,
    machine,
    store,
    expected: { digest, metadataDigest, mergedDigest, listingPath },
    backend(id) {
      const found = backends.find((known) => known.id === id);
      assert.ok(found !== undefined, `no backend ${id}`);
      return found;
    },
    folder(name) {
      const path = join(dir, name);
      mkdirSync(path);
      return path;
    },
    async remove() {
      await removeWorkspace(workspace);
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
