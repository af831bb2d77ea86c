// Members of a family that are proved beside member 0, and what their proofs say about the family.
import type { Proof } from '../../results/schema/run.ts';
import type { Image } from '../model/image.ts';
import { seeded, shuffled } from '../model/random.ts';
import { withTrees } from '../store/member-image.ts';
import { exactLayers } from '../store/prepare.ts';
import type { RunParts } from './parts.ts';

const DRAWN_MEMBERS = 2;

/** Drawn by the seed of the run. Their trees are made again from the source: a false manifest in the cache is found. */
export async function* drawnMembers(
  { name, family }: Image,
  { sources, seed }: Pick<RunParts, 'sources' | 'seed'>,
): AsyncGenerator<Image> {
  const source = sources.find((one) => one.name === name)?.family;
  if (family === undefined || source === undefined) return;
  const { base, members } = family;
  const numbers = shuffled(
    Array.from({ length: members.length - 1 }, (_, i) => i + 1),
    seeded(`members ${seed}`),
  );
  for (const number of numbers.slice(0, DRAWN_MEMBERS)) {
    const part = await source.part(number, base?.tree ?? null);
    try {
      const own = await exactLayers(part, { objectDir: null });
      yield { ...withTrees(family.image(number), own, part.whole(own)), family };
    } finally {
      await part.close();
    }
  }
}

interface NamedProof {
  readonly measuredAs: string;
  readonly proof: Proof;
}

/** One proof per arm and image: a family's is equal if those of all its proved members are. */
export const withMembers = (all: readonly NamedProof[]): readonly Proof[] => {
  const isOwn = ({ measuredAs, proof }: NamedProof): boolean => proof.image === measuredAs;
  return all.filter(isOwn).map(({ proof }) => {
    const members = all
      .filter((one) => !isOwn(one) && one.measuredAs === proof.image && one.proof.arm === proof.arm)
      .map((one) => one.proof);
    if (members.length === 0) return proof;
    const proved = { ...proof, members: members.map(({ image }) => image) };
    const wrong = members.find(({ equal }) => !equal);
    if (!proof.equal || wrong === undefined) return proved;
    const { treeDigest, difference, image } = wrong;
    return { ...proved, equal: false, treeDigest, difference: `${image}: ${difference}` };
  });
};
