import type { GroupData } from '../../results/compare/tally.ts';
import type { Claim, Judged, Told } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { copiesOf, missingReason, toldCounts } from './observed.ts';

const LINKS = 'hardlink-checkout';
const REFLINKS = 'reflink-checkout';
const COPIES = 'mountCopiesRatio';
const WRONG = 'wrongLinkCount';

const TOLERANCE = 0.01;

type Answer = 'yes' | 'no' | 'unclear';

/** Hard links can merge only what has the same metadata too: that once, the rest twice. */
const linksShare = (evidence: Evidence, group: GroupData): Answer | null => {
  const count = (metric: string) => evidence.count(group, LINKS, metric);
  const frames = count('mountFrameCount');
  const pages = count('sharedPageCount')?.most;
  const alike = count('alikePageCount')?.most;
  if (frames === null || pages === undefined || alike === undefined) return null;
  const few = 2 * pages - alike + TOLERANCE * pages;
  if (frames.most <= few) return alike > 0 ? 'yes' : 'unclear';
  return frames.least >= 2 * (1 - TOLERANCE) * pages ? 'no' : 'unclear';
};

const answerOf = (evidence: Evidence, group: GroupData): Answer | null => {
  const links = linksShare(evidence, group);
  const wrong = evidence.count(group, LINKS, WRONG);
  const reflinks = evidence.count(group, REFLINKS, COPIES);
  if (links === null || wrong === null || reflinks === null) return null;
  const copies = copiesOf(reflinks);
  if (links === 'no' || copies === 'once' || wrong.least === 0) return 'no';
  return links === 'yes' && copies === 'twice' ? 'yes' : 'unclear';
};

const toldOf = (evidence: Evidence, group: GroupData): readonly Told[] =>
  toldCounts(evidence, group, [
    [REFLINKS, COPIES, 'copies of a common page behind two checkouts'],
    [LINKS, COPIES, 'copies of a common page behind two checkouts'],
    [LINKS, 'alikePageCount', 'pages of common files with the same metadata'],
    [LINKS, 'sharedPageCount', 'pages of common files'],
    [LINKS, WRONG, "files whose link count is not the image's"],
    [REFLINKS, WRONG, "files whose link count is not the image's"],
  ]);

export const claim: Claim = {
  id: 'C3',
  text: 'Reflinks lose the sharing of the page cache; hard links keep it and falsify st_nlink.',
  by: 'Giuseppe Scrivano, January 2023, Re: [PATCH v3 0/6] Composefs',
  scenarios: ['sharing-cache'],
  rule: 'Supported where, in every pass of every group, a page that two versions have in common is there twice (within 1 %) behind two reflink checkouts, once behind two hard-link checkouts if the metadata of its file are the same in both (else a link cannot merge them), and at least one file of the latter has another link count than the image says.',
  objection: "The checkouts are of the harness's own making.",
  answer:
    'They are made by GNU tar and cp from a pool that is keyed by contents and metadata together, pass the proof of their tree (hard links all but for which names are one inode), and pages are told apart by their physical frames.',
  judge(evidence): Judged {
    const groups = evidence.groups({ scenario: 'sharing-cache' });
    const answers = groups.flatMap((group) => answerOf(evidence, group) ?? []);
    const told = groups.flatMap((group) => toldOf(evidence, group));
    if (answers.length === 0)
      return {
        verdict: 'not testable',
        because: missingReason(evidence, [REFLINKS, LINKS, 'sharing-cache']),
        told,
      };
    if (answers.includes('no'))
      return { verdict: 'not supported', because: 'copies or link counts are not as the claim says', told };
    if (answers.includes('unclear'))
      return {
        verdict: 'undecided',
        because: 'pages were there neither once nor twice: something took them away meanwhile',
        wouldDecide: 'the same run while nothing else drops caches or needs the memory',
        told,
      };
    return {
      verdict: 'supported',
      because:
        'reflinks hold every common page twice, hard links once where the metadata are the same too, with link counts that the image does not have',
      told,
    };
  },
};
