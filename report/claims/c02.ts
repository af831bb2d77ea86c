// A copy of all names made and removed per container, against mounts of a manifest: how does each grow with the files?
import type { GroupData } from '../../results/compare/tally.ts';
import type { Interval } from '../../results/stats/interval.ts';
import { grouped, tooFewText } from '../format.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figure, figures } from './figures.ts';
import { bySize, sums, timeGrowth } from './growth.ts';
import { ENOUGH_ENTRIES, tooSmall, unmeasuredLarge } from './size.ts';
import {
  above,
  allOf,
  below,
  type ClaimPart,
  failedPart,
  overImages,
  type Tristate,
  within,
} from './verdicts.ts';

/** The mail is about reflinks, so they stand first. */
const CHECKOUTS = ['reflink-checkout', 'hardlink-checkout'];
const NEEDED = 'hardlink-checkout';
const MANIFESTS = ['erofs-overlay', 'composefs-fuse'];
/** Proportional: twice the files take 1.74 to 2.38 times as long. The bounds are each other's reciprocal. */
const LEAST_POWER = 0.8;
const MOST_POWER = 1.25;
/** Nearly constant: twice the files cost at most 15 % more. */
const FLAT_POWER = 0.2;
/** `Near nothing` beside half a minute: at least ten times less. */
const LEAST_RATIO = 10;
/** Difference between runs: ratios that are 5 to 7 % off at both ends of two decades of files change an exponent by 0.02. */
const ANOTHER_RUN = 0.02;
const CREATE = ['createWallNs', 'destroyWallNs'];
const MOUNT = ['mountWallNs', 'unmountWallNs'];
/** Without the use phase, which is the same work in both. */
const LIFE = ['createWallNs', 'mountWallNs', 'unmountWallNs', 'settleWallNs', 'destroyWallNs'];
const SAID = 'half a minute to set up, another half to tear down (said, not measured)';
const SCENARIO = 'churn-scale';

const scaled = (evidence: Evidence): readonly GroupData[] =>
  evidence.groups({ scenario: SCENARIO, params: { local: 'files' } });

const exponentText = (power: Interval): string =>
  power.kind === 'tooFew'
    ? `${tooFewText(power)} for an exponent`
    : `exponent ${power.lo.toFixed(2)} to ${power.hi.toFixed(2)}`;

const widened = (power: Interval): Interval =>
  power.kind === 'tooFew' ? power : { ...power, lo: power.lo - ANOTHER_RUN, hi: power.hi + ANOTHER_RUN };

interface PowerQuestion {
  readonly metrics: readonly string[];
  readonly phases: string;
  readonly holds: (power: Interval) => Tristate;
}

const CHECKOUT_GROWS: PowerQuestion = {
  metrics: CREATE,
  phases: 'create + destroy',
  holds: (power) => within(power, LEAST_POWER, MOST_POWER),
};
const MOUNT_IS_FLAT: PowerQuestion = {
  metrics: MOUNT,
  phases: 'mount + unmount',
  holds: (power) => below(power, FLAT_POWER),
};

const powerPart = (evidence: Evidence, arm: string, { metrics, phases, holds }: PowerQuestion): ClaimPart => {
  const { sizes, powers } = timeGrowth(evidence, scaled(evidence), arm, metrics);
  const power = widened(evidence.interval(powers));
  const what = `${arm}, ${phases}: exponent of time against files, over ${sizes.map(grouped).join(', ')} files`;
  const isSmall = (sizes.at(-1) ?? 0) < ENOUGH_ENTRIES && power.kind !== 'tooFew';
  return {
    holds: isSmall ? 'open' : holds(power),
    because: isSmall ? `${arm} was measured too small` : `${phases} of ${arm}: ${exponentText(power)}`,
    figure: figure(what, 'power', power),
  };
};

/** Life ÷ life at the largest size, block by block. */
const ratioPart = (evidence: Evidence, group: GroupData, files: number, manifest: string): ClaimPart => {
  const ratio = evidence.ratioOf(sums(evidence, group, NEEDED, LIFE), sums(evidence, group, manifest, LIFE));
  return {
    holds: above(ratio, LEAST_RATIO),
    because:
      ratio.kind === 'tooFew'
        ? `${tooFewText(ratio)} for the lives of ${NEEDED} and ${manifest}`
        : `with ${grouped(files)} files a life of ${NEEDED} takes ${ratio.lo.toFixed(0)} to ${ratio.hi.toFixed(0)} times that of ${manifest}`,
    figure: figure(`life of ${NEEDED} ÷ ${manifest} with ${grouped(files)} files`, 'lifeRatio', ratio),
  };
};

/** Not judged: times of this machine. */
const timesContext = (evidence: Evidence, group: GroupData, files: number): readonly Figure[] => {
  const timeOf = (arm: string, { metrics, phases }: PowerQuestion, published?: string): readonly Figure[] =>
    figures(
      `${arm}: ${phases} with ${grouped(files)} files`,
      'lifeNs',
      evidence.interval(sums(evidence, group, arm, metrics)),
      published === undefined ? {} : { published },
    );
  return [
    ...CHECKOUTS.flatMap((arm) => timeOf(arm, CHECKOUT_GROWS, SAID)),
    ...MANIFESTS.flatMap((arm) => timeOf(arm, MOUNT_IS_FLAT)),
  ];
};

const judge = (evidence: Evidence): Judgement => {
  const isTimed = (arm: string, metric: string): boolean =>
    scaled(evidence).some((group) => evidence.values(group, arm, metric).size > 0);
  const largest = bySize(evidence, scaled(evidence))
    .filter(([, group]) => evidence.values(group, NEEDED, 'createWallNs').size > 0)
    .sort(([a], [b]) => b - a)[0];
  const manifests = MANIFESTS.filter((arm) => isTimed(arm, 'mountWallNs'));
  if (largest === undefined || manifests.length === 0) {
    const missing = [
      ...(largest === undefined ? [NEEDED] : []),
      ...(manifests.length === 0 ? [MANIFESTS[0]!] : []),
    ];
    return unmeasuredLarge(evidence, missing, [SCENARIO]);
  }
  const [files, group] = largest;
  const failed = evidence
    .failedArms(scaled(evidence))
    .filter((arm) => [...CHECKOUTS, ...MANIFESTS].includes(arm) && !isTimed(arm, 'createWallNs'));
  const parts = [
    ...CHECKOUTS.filter((arm) => isTimed(arm, 'createWallNs')).map((arm) =>
      powerPart(evidence, arm, CHECKOUT_GROWS),
    ),
    ...manifests.map((arm) => powerPart(evidence, arm, MOUNT_IS_FLAT)),
    ...manifests.map((arm) => ratioPart(evidence, group, files, arm)),
    ...failed.map(failedPart),
  ];
  const verdict = allOf(
    evidence,
    group.group.image,
    parts,
    timesContext(evidence, group, files),
    `cfsbench run --profile full --scenarios ${SCENARIO}`,
  );
  const measured = {
    count: files,
    unit: 'files',
    arms: [...CHECKOUTS, ...MANIFESTS],
    scenarios: [SCENARIO],
  } as const;
  return files < ENOUGH_ENTRIES ? tooSmall(evidence, measured, verdict.figures) : overImages([verdict]);
};

export const claim: Claim = {
  id: 'C2',
  text: 'Making and removing a copy of all names for each container takes time for every one of tens of thousands of files; mounts take next to none, however many there are.',
  by: [
    {
      who: 'Dave Chinner',
      when: '2023-01-18',
      where: { kind: 'list', list: 'linux-fsdevel (spinics msg230785)' },
      said: 'reflink copies made per container and removed by rm -rf take half a minute each for tens of thousands of files; mounts near nothing',
    },
  ],
  scenarios: [SCENARIO],
  leastEntries: ENOUGH_ENTRIES,
  rule: `With local=files, over at least three sizes of which the largest has at least ${grouped(ENOUGH_ENTRIES)} files: the exponent b of time = a × files^b, a line through the logarithms of each block, its interval widened by ${ANOTHER_RUN} for the difference between runs. Supported: the whole interval of b of create + destroy lies in ${LEAST_POWER} to ${MOST_POWER} for reflink-checkout (where the machine has reflinks) and hardlink-checkout, that of mount + unmount lies below ${FLAT_POWER} for every manifest backend, and at the largest size a life of hardlink-checkout takes more than ${LEAST_RATIO} times that of each manifest backend. Not supported: a whole interval lies outside. Undecided: otherwise, also if one of them failed. Half a minute is context: seconds of two machines are never compared.`,
  objection:
    'The mail names seconds, on another machine and another disk; and small images say little about large ones.',
  answer:
    'Seconds differ between machines, growth does not: either time grows with every file or it does not. The verdict reaches no further than three times the largest size, and smaller sizes than the rule names decide nothing. The time of a life on this machine is shown beside the published words.',
  judge,
};
