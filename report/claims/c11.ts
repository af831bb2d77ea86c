// Page cache and time of a manifest below EROFS: through a buffered loop device, a direct one, and from its file.
import { type Count, countOf } from '../../results/compare/counts.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import { numbersOf } from '../../results/stats/log-ratio.ts';
import { formatPercent } from '../format.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { EVERY_PASS, exactFigure, figure, figures, isConstant, isEqual } from './figures.ts';
import { groupPerImage, imageText } from './groups.ts';
import { moreValues, unmeasured } from './missing.ts';
import { larssonMarch } from './sources.ts';
import {
  above,
  allOf,
  type ClaimPart,
  type ImageVerdict,
  overImages,
  shareOf,
  type Tristate,
} from './verdicts.ts';
import { openEffect } from './words.ts';

const SCENARIO = 'walk-cold';
const METRIC = 'walkWallNs';
const [FILE, LOOP, DIRECT] = ['erofs-overlay', 'erofs-overlay-loop', 'erofs-overlay-loop-dio'] as const;
const BOTH = 'metadataCachedBytes';
const IN_FILE = 'manifestCachedBytes';
/** Twice, less the last readahead window: file and device may have read on differently. */
const TWICE = 1.8;
/** Once, plus the same. */
const ONCE = 1.2;
/** The smallest published ratio of direct to buffered I/O (T2). */
const PUBLISHED = 1.18;
/** Half of that effect. */
const SLOWER = shareOf(PUBLISHED, 1 / 2);

/** Over all passes that have the metric, timed and counted. */
const everyPass = (evidence: Evidence, group: GroupData, arm: string, metric: string): Count | null =>
  countOf(
    (['time', 'count'] as const).flatMap((pass) => [...numbersOf(evidence.values(group, arm, metric, pass))]),
  );

interface CachedBytes {
  readonly file: Count;
  readonly loop: Count;
  readonly underDirect: Count;
}

const cachedBytes = (evidence: Evidence, group: GroupData): CachedBytes | null => {
  const file = everyPass(evidence, group, FILE, BOTH);
  const loop = everyPass(evidence, group, LOOP, BOTH);
  const underDirect = everyPass(evidence, group, DIRECT, IN_FILE);
  return file === null || loop === null || underDirect === null ? null : { file, loop, underDirect };
};

const unequalPart = (what: string, count: Count): ClaimPart => ({
  holds: 'open',
  because: isConstant(count)
    ? `page cache of ${what}: fewer than three passes`
    : `page cache of ${what} differs between ${count.passes} passes (${count.least} to ${count.most} bytes)`,
  figure: null,
});

const twicePart = ({ file, loop }: CachedBytes, where: string): ClaimPart => {
  if (file.least === 0)
    return {
      holds: 'open',
      because: `a walk over ${FILE} left nothing of the manifest in the page cache${file.most === 0 ? '' : ' in some passes'}, so there is nothing to compare with`,
      figure: null,
    };
  if (!isEqual(file)) return unequalPart(FILE, file);
  if (!isEqual(loop)) return unequalPart(LOOP, loop);
  const copies = loop.most / file.most;
  const holds: Tristate = copies >= TWICE ? 'yes' : copies <= ONCE ? 'no' : 'open';
  return {
    holds,
    because: {
      yes: 'the buffered loop device caches twice',
      no: 'the buffered loop device does not cache twice',
      open: 'the buffered loop device caches more than once and less than twice',
    }[holds],
    figure: exactFigure(
      `page cache of the manifest after walk-cold, ${LOOP} ÷ ${FILE} ${where}, equal in each of ${loop.passes} passes`,
      'cachedRatio',
      copies,
    ),
  };
};

const directPart = ({ underDirect }: CachedBytes, where: string): ClaimPart => {
  if (!isEqual(underDirect)) return unequalPart(`the file of ${DIRECT}`, underDirect);
  const isNone = underDirect.most === 0;
  return {
    holds: isNone ? 'yes' : 'no',
    because: isNone
      ? 'over the direct loop device nothing of the file is cached'
      : 'over the direct loop device the file is cached, too',
    figure: exactFigure(
      `page cache of the file under ${DIRECT} after walk-cold ${where}`,
      IN_FILE,
      underDirect.most,
    ),
  };
};

const slowerPart = (evidence: Evidence, group: GroupData, where: string): ClaimPart => {
  const ratio = evidence.ratio(group, DIRECT, LOOP, METRIC);
  const holds = above(ratio, SLOWER);
  return {
    holds,
    because: {
      yes: 'direct I/O is slower',
      no: 'direct I/O is not slower here',
      open: `direct I/O: ${openEffect(ratio)}; the bound is ${formatPercent(SLOWER - 1)}`,
    }[holds],
    figure: figure(`walk-cold, ${DIRECT} ÷ ${LOOP} ${where}`, 'walkRatio', ratio, {
      published: '1.18 and 1.28 (T2), 1.37 (T5)',
    }),
  };
};

const verdictOn = (evidence: Evidence, group: GroupData, bytes: CachedBytes): ImageVerdict => {
  const where = `on ${imageText(group)}`;
  const cached = (arm: string, { most }: Count): Figure =>
    exactFigure(`page cache of the manifest after walk-cold, ${arm} ${where}`, BOTH, most);
  return allOf(
    evidence,
    group.group.image,
    [twicePart(bytes, where), directPart(bytes, where), slowerPart(evidence, group, where)],
    [
      cached(LOOP, bytes.loop),
      cached(FILE, bytes.file),
      ...figures(
        `walk-cold, ${FILE} ÷ ${LOOP} ${where}`,
        'walkRatio',
        evidence.ratio(group, FILE, LOOP, METRIC),
      ),
    ],
    bytes.file.least === 0 ? 'the same run while nothing else drops caches' : moreValues(evidence),
  );
};

const judge = (evidence: Evidence): Judgement => {
  const arms = [FILE, LOOP, DIRECT];
  const groups = groupPerImage(evidence, { scenario: SCENARIO, arms, metric: METRIC });
  if (groups.length === 0)
    return unmeasured(evidence, [...arms, SCENARIO], `cfsbench run --profile full --scenarios ${SCENARIO}`);
  const verdicts = groups.flatMap((group) => {
    const bytes = cachedBytes(evidence, group);
    return bytes === null ? [] : [verdictOn(evidence, group, bytes)];
  });
  return verdicts.length === 0
    ? {
        verdict: 'not testable',
        because: 'the kernel does not report cached pages of a block device (cachestat, Linux 6.5)',
        figures: [],
      }
    : overImages(verdicts);
};

export const claim: Claim = {
  id: 'C11',
  text: 'A loop device caches a manifest twice; direct I/O avoids that and is slower.',
  by: [larssonMarch('with overlayfs cold 2156 ms over direct I/O, 1827 ms over the buffered loop device')],
  scenarios: [SCENARIO],
  variants: [DIRECT],
  rule: `Bytes of page cache after a cold walk, equal in ${EVERY_PASS}, on every image, on one CPU where the run measured it there; the largest image decides, unless another one contradicts it. Supported: over the buffered loop device the manifest’s file and the device together hold at least ${TWICE} times what a mount from the file holds; over the direct one the file holds nothing; and the whole interval of the cold walk, direct ÷ buffered, lies above ${SLOWER}. Not supported: any of the three is refuted (at most ${ONCE} times, pages in the file, at or below ${SLOWER}). Undecided: otherwise, also if a mount from the file left nothing in the page cache.`,
  objection: 'A mount from the file needs no loop device at all.',
  answer: 'Double caching is measured against that mount, and its cold walk is shown beside.',
  judge,
};
