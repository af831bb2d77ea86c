// Effects of hard links and reflinks on the page cache and on link counts, on two versions of one image.
import type { GroupData } from '../../results/compare/tally.ts';
import { type CountedAnswer, judgeGroups } from './agree.ts';
import type { Claim, Figure } from './claim.ts';
import { COPIES_TOLERANCE, copiesOf } from './copies.ts';
import { type Evidence, groupText } from './evidence.ts';
import { countFigures, EVERY_PASS, exactFigure, hasFewPasses, isEqual } from './figures.ts';
import type { Tristate } from './verdicts.ts';

const SCENARIO = 'sharing-cache';
const LINKS = 'hardlink-checkout';
const REFLINKS = 'reflink-checkout';
const COPIES = 'mountCopiesRatio';
const WRONG = 'wrongLinkCount';

/**
 * With fewer pages that links can merge, pages that were evicted or that a running program maps would decide. 5 %: five times the
 * share of such pages that the rule on copies allows.
 */
const FEWEST_ALIKE = 0.05;

/**
 * Links merge only files with equal metadata: their pages have one copy, all others two. Copies of the pages that links can merge; null:
 * not counted.
 */
const linkCopies = (evidence: Evidence, group: GroupData): number | 'open' | null => {
  const frames = evidence.count(group, LINKS, 'mountFrameCount');
  const pages = evidence.count(group, LINKS, 'sharedPageCount')?.most;
  const alike = evidence.count(group, LINKS, 'alikePageCount')?.most;
  if (frames === null || pages === undefined || alike === undefined) return null;
  if (!isEqual(frames) || alike === 0 || alike < FEWEST_ALIKE * pages) return 'open';
  return (frames.most - 2 * (pages - alike)) / alike;
};

const linksShare = (evidence: Evidence, group: GroupData): Tristate | null => {
  const copies = linkCopies(evidence, group);
  if (copies === null || copies === 'open') return copies;
  if (copies <= 1 + COPIES_TOLERANCE) return 'yes';
  return copies >= 2 * (1 - COPIES_TOLERANCE) ? 'no' : 'open';
};

const answer = (evidence: Evidence, group: GroupData): CountedAnswer | null => {
  const links = linksShare(evidence, group);
  const wrong = evidence.count(group, LINKS, WRONG);
  const reflinks = evidence.count(group, REFLINKS, COPIES);
  if (links === null || wrong === null || reflinks === null) return null;
  if (hasFewPasses([evidence.count(group, LINKS, 'mountFrameCount'), wrong, reflinks])) return 'few';
  const copies = copiesOf(reflinks);
  if (links === 'open' || copies === 'open' || !isEqual(wrong)) return 'open';
  return links === 'yes' && copies === 'twice' && wrong.most > 0 ? 'yes' : 'no';
};

const figures = (evidence: Evidence, group: GroupData): readonly Figure[] =>
  countFigures(evidence, group, [
    [REFLINKS, COPIES, 'copies of a common page behind two checkouts'],
    [LINKS, COPIES, 'copies of a common page behind two checkouts'],
    [LINKS, 'alikePageCount', 'pages of common files with equal metadata'],
    [LINKS, 'sharedPageCount', 'pages of common files'],
    [LINKS, WRONG, "files whose link count differs from the image's"],
    [REFLINKS, WRONG, "files whose link count differs from the image's"],
  ]);

/** Of the three statements the first that fails; if none does, the copies behind reflinks. */
const decidedBy = (evidence: Evidence, group: GroupData, is: 'yes' | 'no'): Figure | null => {
  const numbers = figures(evidence, group);
  const ofReflinks = numbers.find(({ what }) => what.startsWith(`${REFLINKS}: copies`)) ?? null;
  const reflinks = evidence.count(group, REFLINKS, COPIES);
  if (is === 'yes' || (reflinks !== null && copiesOf(reflinks) !== 'twice')) return ofReflinks;
  const copies = linkCopies(evidence, group);
  return typeof copies === 'number' && linksShare(evidence, group) === 'no'
    ? exactFigure(
        `${LINKS}: copies of a common page of files with equal metadata (${groupText(group)})`,
        COPIES,
        copies,
      )
    : (numbers.find(({ what }) => what.startsWith(`${LINKS}: files whose link count`)) ?? null);
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
  rule: `Two versions of an image, or two images of one base, are checked out and every common file is read through both. Supported: alike in ${EVERY_PASS}, a common page is in memory twice behind two reflink checkouts and once behind two hard-link checkouts (within ${COPIES_TOLERANCE * 100} %, because pages that a running program maps are in memory whatever is measured), and at least one hard-linked file has a link count that differs from the image's. Links merge only files with equal metadata; pages of the others count twice, and the tolerance is a share of those that links can merge. Not supported: one of the three fails on every pair. Undecided: pairs disagree, passes differ, links can merge less than ${FEWEST_ALIKE * 100} % of the common pages, pages were in memory neither once nor twice, or slots of a checkout failed.`,
  objection: 'The harness makes both checkouts and may make them badly.',
  answer:
    'GNU tar and cp make them, from a link store keyed by contents and metadata together. Each tree is proved equal to the image, except for which names share an inode. Copies are told apart by their physical pages, and the two images by the digests of their manifests: the harness refuses to compare an image with itself.',
  judge: (evidence) =>
    judgeGroups(evidence, {
      scenario: SCENARIO,
      arms: [REFLINKS, LINKS],
      needs: [REFLINKS, LINKS, SCENARIO],
      answer,
      decidedBy,
      figures,
      open: (_, where) => ({
        because: `pages were in memory neither once nor twice, passes differ, or links can merge too few of them, on ${where}`,
        wouldDecide: 'the same run while nothing else drops caches or needs the memory',
      }),
      supported: () =>
        'reflinks hold every common page twice; hard links hold it once where the metadata are equal, with link counts that differ from the image',
      notSupported: () => 'the number of copies or the link counts contradict the claim',
    }),
};
