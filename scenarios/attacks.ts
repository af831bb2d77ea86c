// Attacks on an installed image, and where each ended. A sample has one yes for each attack that was made, and nothing for others.

import type { PathState } from '../harness/inspect/requests.ts';
import { UserError } from '../harness/model/errors.ts';
import type { Metric, Values } from '../harness/model/scenario.ts';

/** Those from `mode` to `removed` change one thing in the manifest; the rest of it stays valid. */
export const ATTACKS = {
  written: 'a byte of a file, in place',
  exchanged: 'an object exchanged for other contents',
  sealed: 'an object exchanged for other contents that have fs-verity',
  replaced: 'a redirect in the manifest to another object',
  redigested: 'a redirect and its digest in the manifest',
  mode: 'a set-user-id bit in the manifest',
  owner: 'an owner in the manifest',
  attribute: 'an attribute in the manifest',
  rename: 'a name in the manifest',
  added: 'an added file in the manifest',
  removed: 'a removed file in the manifest',
  truncated: 'a manifest cut in half',
  forged: 'a changed manifest that is valid in itself',
  rollback: 'an older manifest, valid in itself',
  device: 'a byte of the device below a mount',
} as const;
export type Attack = keyof typeof ATTACKS;

const ENDINGS = {
  AtPull: 'the image is refused when it is fetched',
  AtChange: 'the change is refused',
  AtMount: 'the mount is refused',
  AtOpen: 'looking the file up, or opening it, is refused',
  AtRead: 'the read is refused',
  Served: 'the change is served',
  Unseen: 'the mount shows what was there before',
} as const;
export type Ending = keyof typeof ENDINGS;

/** From the weakest: what is served, and then what is refused last. A file that shows what it had is no refusal of the others. */
const WEAKEST_FIRST: readonly Ending[] = [
  ...(['Served', 'AtRead', 'AtOpen', 'AtMount', 'AtChange', 'AtPull', 'Unseen'] as const),
];

/** The ending of an attack on several files. */
export const weakestOf = (endings: readonly Ending[]): Ending =>
  WEAKEST_FIRST.find((ending) => endings.includes(ending))!;

export const endedAt = (attack: Attack, ending: Ending): Values =>
  Object.fromEntries(Object.keys(ENDINGS).map((one) => [`${attack}${one}Count`, Number(one === ending)]));

/** How kernels and FUSE servers refuse damaged metadata, contents and digests. */
const REFUSALS: readonly string[] = ['EIO', 'EUCLEAN', 'EBADMSG', 'EINVAL', 'EOPNOTSUPP'];

/** The end of an attack on an existing mount. Throws after another error: a lack of memory or descriptors protects nothing. */
export const endingOf = (attack: Attack, seen: PathState, isServed: boolean): Ending => {
  if (isServed) return 'Served';
  if (seen.error === null) return 'Unseen';
  // A file that was added is not there.
  if (attack === 'added' && seen.failed === 'lookup' && seen.error === 'ENOENT') return 'Unseen';
  if (!REFUSALS.includes(seen.error))
    throw new UserError('an attacked file cannot be read, and not because of the attack', {
      code: seen.error,
      exit: 5,
      facts: [`attack: ${attack}`, `call: ${seen.failed}`],
    });
  return seen.failed === 'read' ? 'AtRead' : 'AtOpen';
};

export const attackMetrics: Readonly<Record<string, Metric>> = Object.fromEntries(
  Object.entries(ATTACKS).flatMap(([attack, words]) =>
    Object.entries(ENDINGS).map(([ending, end]): [string, Metric] => [
      `${attack}${ending}Count`,
      {
        title: `${words}: ${end}`,
        better: ending === 'Served' ? 'lower' : 'higher',
        noise: 'exact',
        yesNo: true,
      },
    ]),
  ),
);
