// Page cache and time of a manifest below EROFS: through a buffered loop device, a direct one, and from its file.
import type { Count } from '../../results/compare/counts.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import { numbersOf } from '../../results/stats/log-ratio.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { larssonMarch } from './people.ts';
import { figures, imagesWith, unmeasured, whereIn } from './ratios.ts';
import { type Answer, above, allOf, type Holds, overImages, type Part, shareOf } from './verdicts.ts';

const METRIC = 'walkWallNs';
const [FILE, LOOP, DIRECT] = ['erofs-overlay', 'erofs-overlay-loop', 'erofs-overlay-loop-dio'] as const;
const BOTH = 'metadataCachedBytes';
const IN_FILE = 'manifestCachedBytes';
/** Twice, but for the end of a window that one of the two read further. */
const TWICE = 1.8;
/** As much as once, but for the same. */
const ONCE = 1.2;
/** The least that was published for direct I/O against a buffered device (T2). */
const PUBLISHED = 1.18;
/** Half of that effect. */
const SLOWER = shareOf(PUBLISHED, 1 / 2);

/** Of every pass that has it, timed or counted. */
const everyPass = (evidence: Evidence, group: GroupData, arm: string, metric: string): Count | null => {
  const seen = (['time', 'count'] as const).flatMap((pass) => [
    ...numbersOf(evidence.values(group, arm, metric, pass)),
  ]);
  return seen.length === 0
    ? null
    : { least: Math.min(...seen), most: Math.max(...seen), passes: seen.length };
};

const isEqual = ({ least, most }: Count): boolean => least === most;

interface Pages {
  readonly file: Count;
  readonly loop: Count;
  readonly underDirect: Count;
}

const pagesOf = (evidence: Evidence, group: GroupData): Pages | null => {
  const file = everyPass(evidence, group, FILE, BOTH);
  const loop = everyPass(evidence, group, LOOP, BOTH);
  const underDirect = everyPass(evidence, group, DIRECT, IN_FILE);
  return file === null || loop === null || underDirect === null || file.least === 0
    ? null
    : { file, loop, underDirect };
};

const differs = (what: string, { least, most, passes }: Count): string =>
  `page cache of ${what} was not the same in each of ${passes} passes (${least} to ${most} bytes)`;

const twicePart = ({ file, loop }: Pages, where: string): Part => {
  const varying = isEqual(file) ? loop : file;
  if (!isEqual(varying))
    return { holds: 'open', because: differs(varying === loop ? LOOP : FILE, varying), figures: null };
  const times = loop.most / file.most;
  const holds: Holds = times >= TWICE ? 'yes' : times <= ONCE ? 'no' : 'open';
  const because = {
    yes: 'the buffered loop device caches twice',
    no: 'the buffered loop device does not cache twice',
    open: 'the buffered loop device caches more than once and less than twice',
  }[holds];
  return {
    holds,
    because,
    figures: {
      what: `page cache of the manifest after walk-cold, ${LOOP} ÷ ${FILE} ${where}, equal in each of ${loop.passes} passes`,
      metric: 'cachedRatio',
      value: times,
      interval: null,
    },
  };
};

const directPart = ({ underDirect }: Pages, where: string): Part => {
  if (!isEqual(underDirect))
    return { holds: 'open', because: differs(`${DIRECT}’s file`, underDirect), figures: null };
  const isNone = underDirect.most === 0;
  return {
    holds: isNone ? 'yes' : 'no',
    because: isNone
      ? 'over the direct one nothing of the file is cached'
      : 'over the direct loop device the file is cached, too',
    figures: {
      what: `page cache of the file under ${DIRECT} after walk-cold ${where}`,
      metric: IN_FILE,
      value: underDirect.most,
      interval: null,
    },
  };
};

const slowerPart = (evidence: Evidence, group: GroupData, where: string): Part => {
  const ratio = evidence.ratio(group, DIRECT, LOOP, METRIC);
  const holds = above(ratio, SLOWER);
  return {
    holds,
    because: {
      yes: 'direct I/O is slower',
      no: 'direct I/O is not slower here',
      open: 'whether direct I/O is slower cannot be told',
    }[holds],
    figures:
      figures(`walk-cold, ${DIRECT} ÷ ${LOOP} ${where}`, 'walkRatio', ratio, {
        published: '1.18 and 1.28 (T2), 1.37 (T5)',
      })[0] ?? null,
  };
};

const answerOn =
  (evidence: Evidence) =>
  (group: GroupData): Answer => {
    const pages = pagesOf(evidence, group)!;
    const where = `on ${group.group.image}${whereIn(group)}`;
    const bytes = (arm: string, value: Count): Figure => ({
      what: `page cache of the manifest after walk-cold, ${arm} ${where}`,
      metric: BOTH,
      value: value.most,
      interval: null,
    });
    return allOf(
      group.group.image,
      [twicePart(pages, where), directPart(pages, where), slowerPart(evidence, group, where)],
      [
        bytes(LOOP, pages.loop),
        bytes(FILE, pages.file),
        ...figures(
          `walk-cold, ${FILE} ÷ ${LOOP} ${where}`,
          'walkRatio',
          evidence.ratio(group, FILE, LOOP, METRIC),
        ),
      ],
    );
  };

const judge = (evidence: Evidence): Judgement => {
  const arms = [FILE, LOOP, DIRECT];
  const groups = imagesWith(evidence, { scenario: 'walk-cold' }, arms, METRIC);
  if (groups.length === 0)
    return unmeasured(evidence, arms, 'cfsbench run --profile full --scenarios walk-cold');
  const figures = groups.filter((group) => pagesOf(evidence, group) !== null);
  return figures.length === 0
    ? {
        verdict: 'not testable',
        because: 'the kernel does not tell what of a block device is cached (cachestat, Linux 6.5)',
        figures: [],
      }
    : overImages(figures.map(answerOn(evidence)));
};

export const claim: Claim = {
  id: 'C11',
  text: 'A loop device caches a manifest twice; direct I/O avoids that and is slower.',
  by: [larssonMarch('with overlayfs cold 2156 ms over direct I/O, 1827 ms over the buffered loop device')],
  scenarios: ['walk-cold'],
  rule: `Bytes of the page cache after a cold walk, equal in every pass, on one CPU where the run has it there, on every image; the largest decides, unless another one says the contrary. Supported: over the buffered loop device the manifest’s file and the device hold at least ${TWICE} times what a mount from the file holds, over the direct one the file holds nothing, and the cold walk of the direct one ÷ the buffered one lies above ${SLOWER} with the whole interval. Not supported: any of the three is refuted (at most ${ONCE} times, pages in the file, at or below ${SLOWER}).`,
  objection: 'A mount from the file needs no loop device at all.',
  answer: 'It is what the double caching is measured against, and its cold walk stands beside.',
  judge,
};
