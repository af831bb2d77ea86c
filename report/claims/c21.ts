// Images that come and go all the time: what rate a checkout sustains, and what rate a manifest.
import { lowerMedian } from '../../results/compare/ladder.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import type { Interval } from '../../results/stats/interval.ts';
import type { ByBlock } from '../../results/stats/log-ratio.ts';
import { grouped, tooFewText } from '../format.ts';
import { HIGHEST_PER_SECOND, LOWEST_PER_SECOND } from '../ladder.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { exactFigure, figure, figures, STAND_IN } from './figures.ts';
import { unmeasured } from './missing.ts';
import { entriesOf } from './size.ts';
import { SCRIVANO_V3 } from './sources.ts';
import { allOf, type ClaimPart, failedPart, overImages, type Tristate } from './verdicts.ts';

const SCENARIO = 'serverless-open';
const CHECKOUTS = ['hardlink-checkout', 'reflink-checkout'];
const NEEDED = 'hardlink-checkout';
const MANIFESTS = ['erofs-overlay', 'composefs-fuse'];
const SUSTAINED = 'sustained50MsPerSecond';
const BELOW = 'below50MsCount';
/** Also not judged: unpacked layers, and the larger limit. */
const LAYERS = 'unpacked-overlay';
/** “Acceptable” for one and not for the other: an order of magnitude apart. */
const MOST_SHARE = 0.1;
/** A rate of the ladder stands for all rates up to the next one, so a quotient of two is known within this factor. */
const STEP = 2;
/** Stands for a quotient that may be as small as any: less than that of two rates of the ladder. */
const ANY_SHARE = LOWEST_PER_SECOND / HIGHEST_PER_SECOND / STEP;

/** By block. */
interface PairedRates {
  readonly manifest: ByBlock;
  /** Highest rate that the checkout may have: supports. */
  readonly most: ByBlock;
  /** Lowest rate, in proportion to that of the manifest: refutes. */
  readonly least: ByBlock;
}

const ratesOf = (evidence: Evidence, group: GroupData, checkout: string, manifest: string): PairedRates => {
  const rates = {
    manifest: new Map<number, number>(),
    most: new Map<number, number>(),
    least: new Map<number, number>(),
  };
  const isBelow = (arm: string, block: number): boolean =>
    (evidence.values(group, arm, BELOW).get(block) ?? 0) > 0;
  const rungOf = (arm: string, block: number): number | undefined =>
    isBelow(arm, block) ? LOWEST_PER_SECOND : evidence.values(group, arm, SUSTAINED).get(block);
  for (const block of evidence.values(group, checkout, BELOW).keys()) {
    const [rate, rung] = [rungOf(checkout, block), rungOf(manifest, block)];
    if (rate === undefined || rung === undefined) continue;
    // A manifest below the ladder sustains nothing that a checkout could fall short of.
    const of = isBelow(manifest, block) ? rate : rung;
    // Outside of the ladder the checkout may sustain next to nothing, the manifest any rate.
    const isOutside = isBelow(checkout, block) || rung >= HIGHEST_PER_SECOND;
    rates.manifest.set(block, of);
    rates.most.set(block, rate);
    rates.least.set(block, isOutside ? of * ANY_SHARE : rate);
  }
  return rates;
};

const supports = (share: Interval): boolean => share.kind === 'interval' && share.hi * STEP < MOST_SHARE;
const refutes = (share: Interval): boolean => share.kind === 'interval' && share.lo / STEP >= MOST_SHARE;

const OUTSIDE = `; a rate below ${LOWEST_PER_SECOND} or from ${grouped(HIGHEST_PER_SECOND)} on lies outside of the ladder and refutes nothing`;

const partOf = (evidence: Evidence, group: GroupData, checkout: string, manifest: string): ClaimPart => {
  const rates = ratesOf(evidence, group, checkout, manifest);
  const most = evidence.ratioOf(rates.most, rates.manifest);
  const least = evidence.ratioOf(rates.least, rates.manifest);
  const holds: Tristate = supports(most) ? 'yes' : refutes(least) ? 'no' : 'open';
  const share = holds === 'no' ? least : most;
  return {
    holds,
    because:
      share.kind === 'tooFew'
        ? `${tooFewText(share)} of ${checkout} and ${manifest}`
        : `the rate of ${checkout} is ${share.lo.toFixed(3)} to ${share.hi.toFixed(3)} of that of ${manifest}, on a ladder of powers of two${holds === 'open' && refutes(most) ? OUTSIDE : ''}`,
    figure: figure(`rate of ${checkout} ÷ ${manifest} with p99 below 50 ms`, 'sustainedRatio', share),
  };
};

/** Not judged: rates of this machine. Of an arm that is below the ladder in some blocks the lower middle rate, without an interval. */
const contextOf = (evidence: Evidence, group: GroupData): readonly Figure[] =>
  [...MANIFESTS, ...CHECKOUTS, LAYERS].flatMap((arm) => {
    const what = `${arm}: images per second with p99 below 50 ms`;
    const below = [...evidence.values(group, arm, BELOW).values()];
    const belowCount = below.filter((count) => count > 0).length;
    const rates = evidence.values(group, arm, SUSTAINED);
    if (belowCount === 0 || rates.size === 0)
      return figures(what, SUSTAINED, evidence.median(group, arm, SUSTAINED), STAND_IN);
    const where = `fewer than ${LOWEST_PER_SECOND} in ${belowCount} of ${below.length} blocks`;
    return [exactFigure(`${what}, ${where}`, SUSTAINED, lowerMedian(rates), STAND_IN)];
  });

const judge = (evidence: Evidence): Judgement => {
  const isTried = (group: GroupData, arm: string): boolean => evidence.values(group, arm, BELOW).size > 0;
  const groups = evidence
    .groups({ scenario: SCENARIO })
    .filter((group) => isTried(group, NEEDED) && MANIFESTS.some((arm) => isTried(group, arm)));
  if (groups.length === 0)
    return unmeasured(
      evidence,
      [SCENARIO, NEEDED, MANIFESTS[0]!],
      `cfsbench run --profile lives --scenarios ${SCENARIO}`,
    );
  const entries = ({ group }: GroupData): number => entriesOf(evidence, group.image);
  return overImages(
    [...groups]
      .sort((a, b) => entries(b) - entries(a))
      .map((group) => {
        const arms = CHECKOUTS.filter((arm) => isTried(group, arm));
        const parts = arms.flatMap((checkout) =>
          MANIFESTS.filter((arm) => isTried(group, arm)).map((manifest) =>
            partOf(evidence, group, checkout, manifest),
          ),
        );
        const failed = evidence
          .failedArms([group])
          .filter((arm) => [...CHECKOUTS, ...MANIFESTS].includes(arm) && !isTried(group, arm));
        return allOf(
          evidence,
          group.group.image,
          [...parts, ...failed.map(failedPart)],
          contextOf(evidence, group),
        );
      }),
  );
};

export const claim: Claim = {
  id: 'C21',
  text: 'A checkout for each container is bearable for services that run long, but not where images are created and destroyed all the time.',
  by: [{ ...SCRIVANO_V3, excerpt: true, said: 'acceptable for long-running services, not for serverless' }],
  scenarios: [SCENARIO],
  rule: `Images arrive at a fixed mean rate (local=files, serverless-open) and latencies count from the moment at which each was due. The rate of an arm is the highest of a ladder of powers of two, ${LOWEST_PER_SECOND} to ${grouped(HIGHEST_PER_SECOND)} per second, at which p99 of create, mount and start stays below 50 ms and the arm keeps up. Supported: the rate of each checkout is below a tenth of that of each manifest backend in the whole interval, also if the true rates lie anywhere up to the next rung, i.e. twice the quotient is below ${MOST_SHARE}. Not supported: half of a quotient is at least ${MOST_SHARE}. Undecided: otherwise, also if one of them failed. Outside of the ladder a rate is bounded from one side only: a checkout that does not sustain ${LOWEST_PER_SECOND} per second, and a manifest backend that sustains ${grouped(HIGHEST_PER_SECOND)}, count with these rates for support, and refute nothing.`,
  objection:
    'A runtime does not have to call tar, cp and rm for each container, and it may keep checkouts of images that it expects to need again.',
  answer:
    'What rm adds to the system calls is measured in serverless by the variants that remove trees without it; tar makes their trees, too. hardlink-checkout-direct, named with --backends, works without tar and rm. A checkout that is kept is local=image: it costs a mount, as every backend does, and disk space and inodes for each image.',
  judge,
};
