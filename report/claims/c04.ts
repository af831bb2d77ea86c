import type { GroupData } from '../../results/compare/tally.ts';
import type { Claim, Judged, Told } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { missingReason, toldCounts } from './observed.ts';

const MOUNTS = ['erofs-overlay', 'composefs-fuse'] as const;
const LINKS = 'hardlink-checkout';

/** Every file right, and some of them from the second file system. Null: not measured. */
const spans = (evidence: Evidence, group: GroupData, arm: string): boolean | null => {
  const right = evidence.count(group, arm, 'rightFileCount');
  const all = evidence.count(group, arm, 'objectFileCount');
  const second = evidence.count(group, arm, 'secondStoreObjectCount');
  if (right === null || all === null || second === null) return null;
  return right.least === all.most && second.least > 0;
};

const refused = (evidence: Evidence, group: GroupData): boolean | null => {
  const count = evidence.count(group, LINKS, 'crossDeviceCount');
  return count === null ? null : count.least === 1;
};

const toldOf = (evidence: Evidence, group: GroupData): readonly Told[] =>
  toldCounts(evidence, group, [
    ...MOUNTS.map((arm) => [arm, 'rightFileCount', 'files with the right contents'] as const),
    ...MOUNTS.map((arm) => [arm, 'secondStoreObjectCount', 'objects in the second file system'] as const),
    [LINKS, 'rightFileCount', 'files with the right contents'],
    [LINKS, 'crossDeviceCount', 'refused with EXDEV'],
  ]);

export const claim: Claim = {
  id: 'C4',
  text: 'A store can span file systems with overlayfs or composefs, not with links.',
  by: 'Giuseppe Scrivano, January 2023, Re: [PATCH v3 0/6] Composefs',
  scenarios: ['many-stores'],
  rule: 'Supported where every file of an image whose objects lie on two file systems is read with the right contents through EROFS + overlayfs and through FUSE, and the hard-link checkout is refused with EXDEV; in every pass.',
  objection: 'Links are possible within each of the file systems.',
  answer: 'Then every object would have to be on both: that is two stores, not one that spans them.',
  judge(evidence): Judged {
    const groups = evidence.groups({ scenario: 'many-stores' });
    const told = groups.flatMap((group) => toldOf(evidence, group));
    const spanned = groups.flatMap((group) => MOUNTS.flatMap((arm) => spans(evidence, group, arm) ?? []));
    const refusals = groups.flatMap((group) => refused(evidence, group) ?? []);
    if (spanned.length === 0 || refusals.length === 0) {
      const ids = spanned.length === 0 ? [...MOUNTS] : [LINKS];
      return { verdict: 'not testable', because: missingReason(evidence, [...ids, 'many-stores']), told };
    }
    if (spanned.every(Boolean) && refusals.every(Boolean))
      return {
        verdict: 'supported',
        because: 'mounts read every file from two file systems, hard links fail with EXDEV',
        told,
      };
    return {
      verdict: 'not supported',
      because: refusals.every(Boolean)
        ? 'a mount over two file systems did not show every file'
        : 'hard links into two file systems were not refused',
      told,
    };
  },
};
