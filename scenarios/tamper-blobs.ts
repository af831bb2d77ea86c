// The scenario tamper on a bootstrap with blobs: metadata change in the bootstrap, contents in the tar of a layer.
//
// Nothing below the digest of a whole layer covers contents: the metrics of files and of references are about the blob.
import { createHash } from 'node:crypto';
import type { PathState } from '../harness/inspect/requests.ts';
import type { Store } from '../harness/model/backend.ts';
import type { Stage, Values } from '../harness/model/scenario.ts';
import { blobFolder, blobPlace, bootstrapOf } from '../harness/store/blobs.ts';
import { verityDigest } from '../harness/store/verity.ts';
import { inspect } from './inspect.ts';
import { readFile, type TamperOutcome, valuesOf } from './tamper-outcome.ts';
import {
  CHANGES,
  contentsIn,
  shownPath,
  type TamperChange,
  type TamperTargets,
  tamperedTree,
} from './tampering.ts';

const BOOTSTRAP = 'image.erofs';
/** A file has no digest of its own that could be replaced with it. */
const BLOB_CHANGES = CHANGES.filter((change) => change !== 'redigested');

/** Mounts a bootstrap with one change. Contents change later, in the blob. */
const mountChanged = async (stage: Stage, store: Store, change: TamperChange, targets: TamperTargets) => {
  const { image, machine, prepared } = stage;
  const dir = stage.folder(`image-${change}`);
  const created = await prepared.create(store, dir);
  const target = targets.file[change];
  const bytes = bootstrapOf(image, {
    tree: tamperedTree(image.tree, change, targets),
    contentsOf: contentsIn(image.tree, change, targets),
  });
  machine.files.unlink(`${dir}/${BOOTSTRAP}`);
  machine.files.writeNew(`${dir}/${BOOTSTRAP}`, bytes);
  const mounted = await created.mount(stage.folder(`mount-${change}`));
  stage.mounted(mounted);
  const written = readFile(stage, `${dir}/${BOOTSTRAP}`, bytes.length);
  const outcome = (broken: boolean): TamperOutcome => ({
    change,
    path: mounted.root + shownPath(change, image.tree.path(target.index)),
    noticed: {
      file: broken,
      reference: broken,
      manifest: verityDigest(written) !== verityDigest(bootstrapOf(image)),
    },
  });
  return { created, mounted, outcome };
};

/** Whether a blob differs from the SHA-256 by which the bootstrap names it. */
const isBroken = (stage: Stage, store: Store): boolean =>
  stage.image.layers.some(({ id, tarBytes }) => {
    const bytes = readFile(stage, `${blobFolder(store)}/${id}`, tarBytes);
    return createHash('sha256').update(bytes).digest('hex') !== id;
  });

export const inBlobs = async (stage: Stage, store: Store, targets: TamperTargets): Promise<Values> => {
  const made = [];
  for (const change of BLOB_CHANGES) made.push(await mountChanged(stage, store, change, targets));
  const brokenBefore = isBroken(stage, store);
  const others = made.slice(1).map(({ outcome }) => outcome(brokenBefore));
  const { id, offset } = blobPlace(stage.image, targets.file.content.index);
  const path = `${blobFolder(store)}/${id}`;
  await inspect(stage, { kind: 'tamper', files: [{ how: 'content', path, other: '', offset }] });
  const outcomes = [made[0]!.outcome(isBroken(stage, store)), ...others];
  const seen = await inspect<readonly PathState[]>(stage, {
    kind: 'path-states',
    paths: outcomes.map((outcome) => outcome.path),
  });
  for (const { created, mounted } of made) {
    await mounted.unmount();
    await mounted.settle();
    await created.destroy();
  }
  return valuesOf(outcomes, seen, targets);
};
