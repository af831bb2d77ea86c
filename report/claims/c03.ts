// What links and reflinks do to the page cache and to link counts, on two versions of one image.
import type { GroupData } from '../../results/compare/tally.ts';
import { type Answer, READ_BOTH, splitText, triedOn } from './agree.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { COPIES_TOLERANCE, copiesOf, countFigures, isEqual, missingReason } from './observed.ts';

const SCENARIO = 'sharing-cache';
const LINKS = 'hardlink-checkout';
const REFLINKS = 'reflink-checkout';
const COPIES = 'mountCopiesRatio';
const WRONG = 'wrongLinkCount';

/** A link can merge two files only if their metadata are equal: of those pages one copy, of the others two. */
const linksShare = (evidence: Evidence, group: GroupData): Answer | null => {
  const frames = evidence.count(group, LINKS, 'mountFrameCount');
  const pages = evidence.count(group, LINKS, 'sharedPageCount')?.most;
  const alike = evidence.count(group, LINKS, 'alikePageCount')?.most;
  if (frames === null || pages === undefined || alike === undefined) return null;
  if (!isEqual(frames) || alike === 0) return 'unclear';
  if (frames.most <= 2 * pages - alike + COPIES_TOLERANCE * pages) return 'yes';
  return frames.most >= 2 * (1 - COPIES_TOLERANCE) * pages ? 'no' : 'unclear';
};

const answerOf = (evidence: Evidence, group: GroupData): Answer | null => {
  const links = linksShare(evidence, group);
  const wrong = evidence.count(group, LINKS, WRONG);
  const reflinks = evidence.count(group, REFLINKS, COPIES);
  if (links === null || wrong === null || reflinks === null) return null;
  const copies = copiesOf(reflinks);
  if (links === 'unclear' || copies === 'unclear' || !isEqual(wrong)) return 'unclear';
  return links === 'yes' && copies === 'twice' && wrong.most > 0 ? 'yes' : 'no';
};

const figuresOf = (evidence: Evidence, group: GroupData): readonly Figure[] =>
  countFigures(evidence, group, [
    [REFLINKS, COPIES, 'copies of a common page behind two checkouts'],
    [LINKS, COPIES, 'copies of a common page behind two checkouts'],
    [LINKS, 'alikePageCount', 'pages of common files with the same metadata'],
    [LINKS, 'sharedPageCount', 'pages of common files'],
    [LINKS, WRONG, "files whose link count is not the image's"],
    [REFLINKS, WRONG, "files whose link count is not the image's"],
  ]);

const judge = (evidence: Evidence): Judgement => {
  const { agreed, figures } = triedOn(evidence, SCENARIO, answerOf, figuresOf);
  switch (agreed.kind) {
    case 'none':
      return {
        verdict: 'not testable',
        because: missingReason(evidence, [REFLINKS, LINKS, SCENARIO]),
        figures,
      };
    case 'unclear':
      return {
        verdict: 'undecided',
        because: `pages were there neither once nor twice, or not the same in every pass, on ${agreed.where}`,
        wouldDecide: 'the same run while nothing else drops caches or needs the memory',
        figures,
      };
    case 'split':
      return {
        verdict: 'undecided',
        because: splitText(agreed.yes, agreed.no),
        wouldDecide: READ_BOTH,
        figures,
      };
    case 'all':
      return agreed.answer === 'yes'
        ? {
            verdict: 'supported',
            because:
              'reflinks hold every common page twice; hard links hold it once where the metadata are equal, with link counts that the image does not have',
            figures,
          }
        : { verdict: 'not supported', because: 'copies or link counts are not as the claim says', figures };
  }
};

export const claim: Claim = {
  id: 'C3',
  text: 'Reflinks lose the sharing of the page cache; hard links keep it and falsify st_nlink.',
  by: [
    {
      who: 'Giuseppe Scrivano',
      when: '2023-01',
      where: { kind: 'list', list: 'linux-fsdevel, on version 2 of the composefs patches' },
    },
  ],
  scenarios: [SCENARIO],
  rule: `Two versions of an image, or two images of one base, are checked out and every common file is read through both. Supported when, in every pass alike, a common page is in memory twice behind two reflink checkouts and once behind two hard-link checkouts (within ${COPIES_TOLERANCE * 100} %, since pages that a running program maps are there whatever is measured), and at least one hard-linked file has another link count than the image says. A link can only merge files whose metadata are equal; pages of the others count twice. Not supported when one of the three is otherwise on every pair. Undecided when pairs disagree.`,
  objection: 'Both checkouts are made by the harness, which may make them badly.',
  answer:
    'GNU tar and cp make them, from a pool keyed by contents and metadata together. Each tree is proved equal to the image, but for which names are one inode. Copies are told apart by their physical pages, and the two images by the digests of their manifests: the harness refuses to compare an image with itself.',
  judge,
};
