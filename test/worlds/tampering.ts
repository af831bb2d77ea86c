// Worlds of the claim about changes below a mount: C13.
import { verifyingKernel } from '../report/claims/attacks.ts';
import type { MadeGroup, Series } from '../report/claims/journal.ts';
import { counted, countedWorld, oddPass } from './counted.ts';
import type { RunNoise } from './noise.ts';
import type { ClaimWorlds } from './world.ts';

const CHANGES = [
  'content',
  'mode',
  'owner',
  'attribute',
  'replaced',
  'redigested',
  'rename',
  'added',
  'removed',
] as const;

interface NoticedChanges {
  /** Changes that digests of files notice. */
  readonly byFile: readonly string[];
  /** Changes that verity=require notices. */
  readonly byReference?: readonly string[];
  /** Changes that the mount does not show; `once`: in one pass only. */
  readonly hidden?: readonly string[];
  readonly once?: boolean;
}

const tampered = (
  noise: RunNoise,
  { byFile, byReference = ['content', 'replaced'], hidden = [], once = false }: NoticedChanges,
): readonly MadeGroup[] => {
  const shown = (change: string): number | readonly number[] =>
    !hidden.includes(change) ? 1 : once ? oddPass(noise, 1, 0) : 0;
  const series: Series = Object.fromEntries(
    CHANGES.flatMap((change) => [
      [`${change}ShownCount`, shown(change)],
      [`${change}ByFileCount`, Number(byFile.includes(change))],
      [`${change}ByReferenceCount`, Number(byReference.includes(change))],
      [`${change}ByManifestCount`, Number(change !== 'content')],
    ]),
  );
  return [counted('tamper', { 'erofs-overlay': series, 'unpacked-overlay': series })];
};

const AS_SAID: NoticedChanges = { byFile: ['content'] };

/** One attack ends elsewhere in one pass. */
const oddEnd = (noise: RunNoise, usual: string, other: string): readonly string[] =>
  oddPass(noise, 0, 1).map((is) => (is === 1 ? other : usual));

const tampering: ClaimWorlds = {
  id: 'C13',
  kind: 'counts',
  margin:
    'A change is noticed or missed: one change outside of contents that digests of files notice refutes the claim, and so does one that a kernel refuses or serves against its level. Line: a kernel that verifies nothing; the mount did not show a change, so no digest could notice it.',
  worlds: [
    countedWorld('true', 'digests of files tell contents alone', (noise) =>
      tampered(noise, { byFile: ['content'] }),
    ),
    countedWorld('line', 'a change of mode is not shown', (noise) =>
      tampered(noise, { byFile: ['content'], hidden: ['mode'] }),
    ),
    countedWorld('line', 'a rename is not shown in one pass', (noise) =>
      tampered(noise, { byFile: ['content'], hidden: ['rename'], once: true }),
    ),
    countedWorld('line', 'digests of files do not even tell contents', (noise) =>
      tampered(noise, { byFile: [] }),
    ),
    countedWorld('false', 'digests of files tell a changed owner', (noise) =>
      tampered(noise, { byFile: ['content', 'owner'] }),
    ),
    countedWorld('false', 'verity=require does not tell a replaced redirect', (noise) =>
      tampered(noise, { byFile: ['content'], byReference: ['content'] }),
    ),
    countedWorld('false', 'digests of files tell everything', (noise) =>
      tampered(noise, { byFile: CHANGES }),
    ),
    countedWorld('true', 'a kernel enforces the levels as computed', (noise) => [
      ...tampered(noise, AS_SAID),
      ...verifyingKernel(),
    ]),
    countedWorld('line', 'a kernel has fs-verity and serves a changed byte', (noise) => [
      ...tampered(noise, AS_SAID),
      ...verifyingKernel({ files: { written: 'Served' } }),
    ]),
    countedWorld('line', 'a kernel serves a changed mode in one pass', (noise) => [
      ...tampered(noise, AS_SAID),
      ...verifyingKernel({ manifest: { mode: oddEnd(noise, 'AtMount', 'Served') } }),
    ]),
    countedWorld('false', 'a kernel refuses a changed owner with fs-verity of objects alone', (noise) => [
      ...tampered(noise, AS_SAID),
      ...verifyingKernel({ files: { owner: 'AtOpen' } }),
    ]),
    countedWorld('false', 'a kernel serves a swapped redirect with verity=require', (noise) => [
      ...tampered(noise, AS_SAID),
      ...verifyingKernel({ reference: { replaced: 'Served' } }),
    ]),
  ],
};

export const tamperingWorlds: readonly ClaimWorlds[] = [tampering];
