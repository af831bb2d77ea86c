// A prepared image, a full store and a machine in a private mount namespace, for tests of backends.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backends } from '../../../harness/backends/registry.ts';
import { seesTrusted } from '../../../harness/digest/of-mount.ts';
import { expectedListing } from '../../../harness/digest/of-tree.ts';
import { probeImage } from '../../../harness/erofs/probe-image.ts';
import { openSource } from '../../../harness/images/registry.ts';
import type { Backend, Store } from '../../../harness/model/backend.ts';
import type { Image } from '../../../harness/model/image.ts';
import type { Features, Machine } from '../../../harness/model/machine.ts';
import { serverPath } from '../../../harness/native/paths.ts';
import { type Expected, type ProofParts, type Proved, prove } from '../../../harness/runner/prove.ts';
import { openWorkspace, removeWorkspace, type Workspace } from '../../../harness/runner/workspace.ts';
import { prepareImage } from '../../../harness/store/prepare.ts';
import { createStore } from '../../../harness/store/store.ts';
import { findFeatures } from '../../../harness/sys/features/find.ts';
import { createMachine } from '../../../harness/sys/machine.ts';
import { walkMount } from '../support/walk-mount.ts';
import { makeWork } from '../sys/support.ts';

export interface Setting {
  readonly dir: string;
  readonly workspace: Workspace;
  readonly image: Image;
  readonly features: Features;
  readonly machine: Machine;
  readonly store: Store;
  readonly expected: Expected;
  backend(id: string): Backend;
  /** The proof of this backend against the image's listing, or against another. */
  provedOn(id: string, expected?: Expected): Promise<Proved>;
  /** A new empty folder below `dir`. */
  folder(name: string): string;
  remove(): Promise<void>;
}

const WALK_LIMIT_MS = 120_000;

/** One proof, with its own walker. */
export const proveAlone = (parts: Omit<ProofParts, 'walk' | 'walkLimitMs' | 'alone'>): Promise<Proved> =>
  prove({ ...parts, walk: walkMount, walkLimitMs: () => WALK_LIMIT_MS, alone: (work) => work() });

export const openSetting = async (spec: string): Promise<Setting> => {
  const dir = mkdtempSync(join(tmpdir(), 'cfsbench-backend-'));
  const features = await findFeatures({ workDir: dir, imageBytes: probeImage(), serverPath });
  const workspace = openWorkspace(makeWork(join(dir, 'work')));
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
  const expected = { digest, metadataDigest, mergedDigest, listingPath };
  const backend = (id: string): Backend => {
    const found = backends.find((known) => known.id === id);
    assert.ok(found !== undefined, `no backend ${id}`);
    return found;
  };
  return {
    dir,
    workspace,
    image,
    features,
    machine,
    store,
    expected,
    backend,
    provedOn(id, against = expected) {
      const arm = { id, backend: backend(id), options: {} };
      const folders = workspace.slot('proof');
      const workDir = folders.dir;
      return proveAlone({ arm, image, expected: against, machine, store, folders, workDir });
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
