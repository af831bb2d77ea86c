// Proves before timing that every arm shows every image: it mounts the image, a child process walks the mount, and the digest must
// equal that of the image. It also fills the run's full store with the files that the arm keeps there (unpacked layers).
//
// Of several proofs only the walks overlap; writing to the store and mounting is exclusive.
import { join } from 'node:path';
import type { Proof } from '../../results/schema/run.ts';
import { firstDifference } from '../digest/compare.ts';
import { digestAt, type ProofLevel, type TreeDigests } from '../digest/listing.ts';
import { seesTrusted, type WalkMount } from '../digest/of-mount.ts';
import { setsSelinux } from '../digest/of-tree.ts';
import type { Mounted, Prepared, Store } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';
import type { Arm } from './arm.ts';
import { failureOf } from './failure.ts';
import { type FairnessOfArm, fairnessOf } from './fairness.ts';
import { lostIn, refuseLost } from './lost-servers.ts';
import type { SlotFolders } from './workspace.ts';

export interface Expected extends TreeDigests {
  readonly listingPath: string;
}

export interface ProofParts {
  readonly arm: Arm;
  readonly image: Image;
  readonly expected: Expected;
  readonly machine: Machine;
  readonly store: Store;
  readonly folders: SlotFolders;
  /** The run's work folder. */
  readonly workDir: string;
  readonly walk: WalkMount;
  /** Read before the walk. */
  readonly walkLimitMs: () => number;
  /** Runs work exclusively among all proofs. */
  readonly alone: Alone;
}

export type Alone = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs work in the order of the calls, one at a time. */
export const oneAtATime = (): Alone => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
};

export type Proved =
  | { readonly kind: 'proof'; readonly proof: Proof; readonly fairness?: FairnessOfArm }
  | { readonly kind: 'skipped'; readonly reason: string };

const proofOf = async (mounted: Mounted, parts: ProofParts): Promise<Proof> => {
  const { arm, image, expected, folders } = parts;
  const level: ProofLevel = arm.backend.shows;
  const listingPath = join(folders.dir, 'seen.listing');
  const walked = await parts.walk(mounted.root, {
    timeoutMs: parts.walkLimitMs(),
    listingPath,
    contents: level !== 'metadata',
    bare: level === 'metadata',
    selinux: setsSelinux(image.tree),
    trusted: seesTrusted(),
  });
  const treeDigest = digestAt(walked, level);
  const { fsType, took } = mounted;
  const proof = { image: image.name, arm: arm.id, fsType, took, treeDigest, level };
  if (treeDigest === digestAt(expected, level)) return { ...proof, equal: true, difference: null };
  const { hides: prefixes = [], losesTimes = false, adds = [], marks = [] } = arm.backend;
  const hidden = { prefixes, losesTimes, adds, marks, found: new Set<string>() };
  const difference = firstDifference(expected.listingPath, listingPath, level, hidden);
  // The listings differ only in declared attributes.
  const isDeclared = difference === null && hidden.found.size > 0;
  return {
    ...proof,
    equal: isDeclared,
    difference,
    ...(isDeclared ? { hidden: [...hidden.found].sort() } : {}),
  };
};

/** Throws a bug. */
const notProved = ({ arm, image, machine }: ProofParts, error: unknown): Proved => {
  if (error instanceof UserError && error.code === 'skip') return { kind: 'skipped', reason: error.message };
  const failure = failureOf(error);
  if (failure === null) throw error;
  const proof = {
    image: image.name,
    arm: arm.id,
    treeDigest: null,
    equal: false,
    difference: [failure.message, ...machine.servers.lost()].join('; '),
    level: arm.backend.shows,
    fsType: '',
    took: {},
  };
  return { kind: 'proof', proof };
};

interface OpenProof {
  mounted: Mounted | null;
  prepared: Prepared | null;
}

/** Undoes everything, whatever fails meanwhile. Returns the errors. */
const undo = async (
  { machine, folders }: ProofParts,
  { mounted, prepared }: OpenProof,
): Promise<readonly unknown[]> => {
  const errors: unknown[] = [];
  const steps = [
    () => mounted?.detach(),
    () => prepared?.close?.(),
    // A server that had to be stopped fails this proof, not the next one.
    () => refuseLost(machine),
    () => folders.remove(),
  ];
  for (const step of steps)
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  return errors;
};

/** `errors`: of the end of the proof. */
const withEnd = (parts: ProofParts, proved: Proved, errors: readonly unknown[]): Proved => {
  if (proved.kind === 'skipped' || errors.length === 0) return proved;
  if (proved.proof.equal) return notProved(parts, errors[0]);
  // The tree was read: no server has failed before.
  if (proved.proof.treeDigest !== null) return proved;
  const lost = errors.flatMap((error) => lostIn(failureOf(error)));
  if (lost.length === 0) return proved;
  const difference = [proved.proof.difference, ...lost].join('; ');
  return { ...proved, proof: { ...proved.proof, difference } };
};

export const prove = async (parts: ProofParts): Promise<Proved> => {
  const { arm, image, machine, store, folders, alone } = parts;
  const has: OpenProof = { mounted: null, prepared: null };
  const mountImage = async (): Promise<Mounted> => {
    has.prepared = await arm.backend.prepare(image, machine, arm.options);
    await has.prepared.ingest(store);
    // Not destroyed: the files that create put into the full store stay.
    const created = await has.prepared.create(store, folders.fresh('image'));
    has.mounted = await created.mount(folders.fresh('mount'));
    return has.mounted;
  };
  const unmountImage = async (mounted: Mounted): Promise<FairnessOfArm> => {
    const fairness = fairnessOf(image, {
      arm: arm.id,
      backend: arm.backend,
      folder: folders.dir,
      workDir: parts.workDir,
    });
    await mounted.unmount();
    await mounted.settle();
    has.mounted = null;
    refuseLost(machine);
    return fairness;
  };
  let proved: Proved;
  let errors: readonly unknown[] = [];
  try {
    const mounted = await alone(mountImage);
    const proof = await proofOf(mounted, parts);
    proved = { kind: 'proof', proof, fairness: await alone(() => unmountImage(mounted)) };
  } catch (error) {
    proved = notProved(parts, error);
  } finally {
    errors = await alone(() => undo(parts, has));
  }
  return withEnd(parts, proved, errors);
};
