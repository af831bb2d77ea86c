// Copies of names made and removed for each container, against mounts of a manifest: how either grows with the files.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Interval } from '../../results/stats/interval.ts';
import { grouped } from '../format.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { sized, sums, timeGrowth } from './growth.ts';
import { figures } from './ratios.ts';
import { ENOUGH_ENTRIES, tooSmall, unmeasuredLarge } from './size.ts';
import { above, allOf, below, type Holds, overImages, type Part, within } from './verdicts.ts';

/** What the mail is about stands first. */
const CHECKOUTS = ['reflink-checkout', 'hardlink-checkout'];
const NEEDED = 'hardlink-checkout';
const MANIFESTS = ['erofs-overlay', 'composefs-fuse'];
/** Proportional to the files: twice the files take 1.74 to 2.38 times as long. The bounds are each other's reciprocal. */
const LEAST_POWER = 0.8;
const MOST_POWER = 1.25;
/** Next to no growth: twice the files cost at most 15 % more. */
const FLAT_POWER = 0.2;
/** `Near nothing` beside half a minute: a life that is not ten times as long would not be called that. */
const LEAST_RATIO = 10;
/**
 * What another run may differ by, as ratios have it: 5 to 7 % more at one end of the sizes and as much less at the other make 0.02 of
 * an exponent over two decades of files.
 */
const ANOTHER_RUN = 0.02;
const CREATE = ['createWallNs', 'destroyWallNs'];
const MOUNT = ['mountWallNs', 'unmountWallNs'];
/** All of a life but the reading of a file, which is no part of either way. */
const LIFE = ['createWallNs', 'mountWallNs', 'unmountWallNs', 'settleWallNs', 'destroyWallNs'];
const SAID = 'half a minute to set up, another half to tear down (said, not measured)';
/** What a size was measured for. */
const MORE = 'cfsbench run --profile full --scenarios churn-scale';

const scaled = (evidence: Evidence): readonly GroupData[] =>
  evidence.groups({ scenario: 'churn-scale', params: { local: 'files' } });

const first = (numbers: readonly Figure[]): Figure | null => numbers[0] ?? null;

const rangeText = (interval: Interval): string =>
  interval.kind === 'tooFew'
    ? 'an exponent that too few blocks have'
    : `exponent ${interval.lo.toFixed(2)} to ${interval.hi.toFixed(2)}`;

const widened = (power: Interval): Interval =>
  power.kind === 'tooFew' ? power : { ...power, lo: power.lo - ANOTHER_RUN, hi: power.hi + ANOTHER_RUN };

interface Asked {
  readonly arm: string;
  readonly metrics: readonly string[];
  readonly of: string;
  readonly holds: (power: Interval) => Holds;
}

const powerPart = (evidence: Evidence, { arm, metrics, of, holds }: Asked): Part => {
  const { sizes, powers } = timeGrowth(evidence, scaled(evidence), arm, metrics);
  const power = widened(evidence.interval(powers));
  const most = sizes.at(-1) ?? 0;
  const what = `${arm}, ${of}: time grows as files to the power of, over ${sizes.map(grouped).join(', ')} files`;
  if (most < ENOUGH_ENTRIES && power.kind !== 'tooFew')
    return {
      holds: 'open',
      because: `${arm} was measured too small`,
      figures: first(figures(what, 'power', power)),
    };
  return {
    holds: holds(power),
    because: `${of} of ${arm}: ${rangeText(power)}`,
    figures: first(figures(what, 'power', power)),
  };
};

/** Life by life, block by block, at one size. */
const ratioPart = (evidence: Evidence, group: GroupData, files: number, manifest: string): Part => {
  const ratio = evidence.ratioOf(sums(evidence, group, NEEDED, LIFE), sums(evidence, group, manifest, LIFE));
  return {
    holds: above(ratio, LEAST_RATIO),
    because:
      ratio.kind === 'tooFew'
        ? `the lives of ${NEEDED} and ${manifest} have too few blocks`
        : `with ${grouped(files)} files a life of ${NEEDED} takes ${ratio.lo.toFixed(0)} to ${ratio.hi.toFixed(0)} times that of ${manifest}`,
    figures: first(
      figures(`life of ${NEEDED} ÷ ${manifest} with ${grouped(files)} files`, 'lifeRatio', ratio),
    ),
  };
};

/** Beside: seconds of this machine, which are compared with nobody's. */
const seconds = (evidence: Evidence, group: GroupData, files: number): readonly Figure[] =>
  [...CHECKOUTS, ...MANIFESTS].flatMap((arm) =>
    figures(
      `${arm}: ${MANIFESTS.includes(arm) ? 'mount + unmount' : 'create + destroy'} with ${grouped(files)} files`,
      'lifeNs',
      evidence.interval(sums(evidence, group, arm, MANIFESTS.includes(arm) ? MOUNT : CREATE)),
      MANIFESTS.includes(arm) ? {} : { published: SAID },
    ),
  );

const judge = (evidence: Evidence): Judgement => {
  const has = (group: GroupData, arm: string): boolean =>
    evidence.values(group, arm, 'createWallNs').size > 0;
  const largest = sized(evidence, scaled(evidence))
    .filter(([, group]) => has(group, NEEDED))
    .sort(([a], [b]) => b - a)[0];
  const manifests = MANIFESTS.filter((arm) =>
    scaled(evidence).some((group) => evidence.values(group, arm, 'mountWallNs').size > 0),
  );
  if (largest === undefined || manifests.length === 0)
    return unmeasuredLarge(
      evidence,
      [
        ...(largest === undefined ? [NEEDED] : []),
        ...(manifests.length === 0 ? [MANIFESTS[0]!] : []),
        'churn-scale',
      ],
      MORE,
    );
  const [files, group] = largest;
  const checkouts = CHECKOUTS.filter((arm) => scaled(evidence).some((one) => has(one, arm)));
  const parts = [
    ...checkouts.map((arm) =>
      powerPart(evidence, {
        arm,
        metrics: CREATE,
        of: 'create + destroy',
        holds: (power) => within(power, LEAST_POWER, MOST_POWER),
      }),
    ),
    ...manifests.map((arm) =>
      powerPart(evidence, {
        arm,
        metrics: MOUNT,
        of: 'mount + unmount',
        holds: (power) => below(power, FLAT_POWER),
      }),
    ),
    ...manifests.map((arm) => ratioPart(evidence, group, files, arm)),
  ];
  const answer = allOf(group.group.image, parts, seconds(evidence, group, files), MORE);
  return files < ENOUGH_ENTRIES ? tooSmall(files, answer.figures, 'files') : overImages([answer]);
};

export const claim: Claim = {
  id: 'C2',
  text: 'Making a copy of names for each container, and removing it, takes time with every file of tens of thousands; mounts take near nothing, however many there are.',
  by: [
    {
      who: 'Dave Chinner',
      when: '2023-01-18',
      where: { kind: 'list', list: 'linux-fsdevel (spinics msg230785)' },
      said: 'reflink copies made per container and removed by rm -rf take half a minute each for tens of thousands of files; mounts near nothing',
    },
  ],
  scenarios: ['churn-scale'],
  rule: `With local=files, over at least three sizes of which the largest has at least ${grouped(ENOUGH_ENTRIES)} files: exponent b of time = a × files^b, a line through the logarithms of each block, its interval widened by ${ANOTHER_RUN} for what another run may differ by. Supported: b of create + destroy lies in ${LEAST_POWER} to ${MOST_POWER} for reflink-checkout (where it can be had) and hardlink-checkout, b of mount + unmount lies below ${FLAT_POWER} for every manifest backend, and at the largest size a life of hardlink-checkout takes more than ${LEAST_RATIO} times that of each manifest backend; all of it with the whole interval. Not supported: a whole interval lies outside. Half a minute is context: seconds of two machines are never compared.`,
  objection:
    'What was said is a number of seconds, on another machine and another disk; and few files say little of many.',
  answer:
    'Seconds do not travel between machines, growth does: either time comes with every file or it does not. No more is said than three times the largest size allows, and smaller sizes than that decide nothing. The time of a life here stands beside the published words.',
  judge,
};
