// Images that come and go all the time: what rate a checkout sustains, and what rate a manifest.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Interval } from '../../results/stats/interval.ts';
import type { ByBlock } from '../../results/stats/log-ratio.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figure, figures, STAND_IN } from './figures.ts';
import { unmeasured } from './missing.ts';
import { SCRIVANO_V3 } from './sources.ts';
import { allOf, type ClaimPart, overImages, type Tristate } from './verdicts.ts';

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
/** The lowest rate of the ladder. An arm that does not sustain it is taken to do so: that works against the claim. */
const LOWEST = 8;

/** By block. A checkout below the ladder counts with its lowest rate. */
const checkoutRates = (evidence: Evidence, group: GroupData, arm: string): ByBlock => {
  const below = [...evidence.values(group, arm, BELOW)].filter(([, count]) => count > 0);
  return new Map([
    ...evidence.values(group, arm, SUSTAINED),
    ...below.map(([block]) => [block, LOWEST] as const),
  ]);
};

/** A manifest below the ladder sustains nothing that a checkout could fall short of: such a block counts as equal rates. */
const manifestRates = (evidence: Evidence, group: GroupData, arm: string, checkout: ByBlock): ByBlock => {
  const below = [...evidence.values(group, arm, BELOW)].filter(([, count]) => count > 0);
  return new Map([
    ...evidence.values(group, arm, SUSTAINED),
    ...below.flatMap(([block]) => {
      const rate = checkout.get(block);
      return rate === undefined ? [] : [[block, rate] as const];
    }),
  ]);
};

const holds = (share: Interval): Tristate => {
  if (share.kind === 'tooFew') return 'open';
  if (share.hi * STEP < MOST_SHARE) return 'yes';
  return share.lo / STEP >= MOST_SHARE ? 'no' : 'open';
};

const partOf = (evidence: Evidence, group: GroupData, checkout: string, manifest: string): ClaimPart => {
  const rates = checkoutRates(evidence, group, checkout);
  const share = evidence.ratioOf(rates, manifestRates(evidence, group, manifest, rates));
  return {
    holds: holds(share),
    because:
      share.kind === 'tooFew'
        ? `too few blocks of ${checkout} and ${manifest}`
        : `the rate of ${checkout} is ${share.lo.toFixed(3)} to ${share.hi.toFixed(3)} of that of ${manifest}, on a ladder of powers of two`,
    figure: figure(`rate of ${checkout} ÷ ${manifest} with p99 below 50 ms`, 'sustainedRatio', share),
  };
};

/** Not judged: rates of this machine. */
const contextOf = (evidence: Evidence, group: GroupData): readonly Figure[] =>
  [...MANIFESTS, ...CHECKOUTS, LAYERS].flatMap((arm) =>
    figures(
      `${arm}: images per second with p99 below 50 ms`,
      SUSTAINED,
      evidence.median(group, arm, SUSTAINED),
      STAND_IN,
    ),
  );

const judge = (evidence: Evidence): Judgement => {
  const isTried = (group: GroupData, arm: string): boolean => evidence.values(group, arm, BELOW).size > 0;
  const groups = evidence
    .groups({ scenario: SCENARIO })
    .filter((group) => isTried(group, NEEDED) && MANIFESTS.some((arm) => isTried(group, arm)));
  if (groups.length === 0)
    return unmeasured(
      evidence,
      [SCENARIO, NEEDED, ...MANIFESTS],
      `cfsbench run --profile lives --scenarios ${SCENARIO}`,
    );
  return overImages(
    groups.map((group) => {
      const arms = CHECKOUTS.filter((arm) => isTried(group, arm));
      const parts = arms.flatMap((checkout) =>
        MANIFESTS.filter((arm) => isTried(group, arm)).map((manifest) =>
          partOf(evidence, group, checkout, manifest),
        ),
      );
      return allOf(group.group.image, parts, contextOf(evidence, group));
    }),
  );
};

export const claim: Claim = {
  id: 'C21',
  text: 'A checkout for each container is bearable for services that run long, but not where images are created and destroyed all the time.',
  by: [{ ...SCRIVANO_V3, excerpt: true, said: 'acceptable for long-running services, not for serverless' }],
  scenarios: [SCENARIO],
  rule: `Images arrive at a fixed mean rate (local=files, serverless-open) and latencies count from the moment at which each was due. The rate of an arm is the highest of a ladder of powers of two, from ${LOWEST} per second on, at which p99 of create, mount and start stays below 50 ms and the arm keeps up. Supported: the rate of each checkout is below a tenth of that of each manifest backend in the whole interval, also if the true rates lie anywhere up to the next rung, i.e. twice the quotient is below ${MOST_SHARE}. Not supported: half of a quotient is at least ${MOST_SHARE}. Undecided: otherwise. A checkout that does not sustain ${LOWEST} per second counts as if it did.`,
  objection:
    'A runtime does not have to call tar, cp and rm for each container, and it may keep checkouts of images that it expects to need again.',
  answer:
    'What tar and rm add to the system calls is measured by the variants without them in serverless. A checkout that is kept is local=image: it costs a mount, as every backend does, and disk space and inodes for each image.',
  judge,
};
