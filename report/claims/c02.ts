import type { GroupData } from '../../results/compare/tally.ts';
import type { Interval } from '../../results/stats/interval.ts';
import { formatNs } from '../format.ts';
import type { Claim, Judged, Told } from './claim.ts';
import { type Evidence, placeText } from './evidence.ts';
import { type Lines, sized, timeAt, timeLines, timePower } from './growth.ts';

const FILES = 'unpacked-overlay';
const MANIFESTS = ['erofs-overlay', 'composefs-fuse'];
/** Regular files of cs9-developer, the image of the debate: tens of thousands. */
const PUBLISHED_FILES = 51_010;
const MINUTE_NS = 60e9;
/** Of the life of the unpacked image. */
const NEAR_ZERO = 0.01;
/** Until it is on disk, and until its removal is. */
const WHOLE_LIFE = ['createDurableWallNs', 'destroyDurableWallNs'];
const SAID =
  'half a minute to set up and another half to tear down (Chinner, 18 Jan 2023; said, not measured)';
/** Conditions of a run that slow everything. */
const SLOWS = new Set(['load', 'steal', 'io', 'cpu-pressure', 'memory-pressure', 'swap', 'throttle']);
const MORE = 'cfsbench run --profile full, which has 10,000 files';

const told = (what: string, metric: string, interval: Interval, more: Partial<Told> = {}): Told[] =>
  interval.kind === 'tooFew' ? [] : [{ what, metric, value: interval.center, interval, ...more }];

const churned = (evidence: Evidence, store: string): readonly GroupData[] =>
  evidence.groups({ scenario: 'churn', params: { store } });

/** The slowest mount of any manifest, its unmount included, at the largest image that was timed. */
const slowestMount = (
  evidence: Evidence,
): { readonly told: readonly Told[]; readonly mostNs: number } | null => {
  const groups = [...churned(evidence, 'full'), ...evidence.groups({ scenario: 'churn-scale' })];
  const largest = [...sized(evidence, groups)].sort(([a], [b]) => b - a);
  const found = MANIFESTS.flatMap((arm) => {
    const at = largest.find(([, group]) => evidence.median(group, arm, 'mountWallNs').kind === 'interval');
    if (at === undefined) return [];
    const [files, group] = at;
    const [mount, unmount] = ['mountWallNs', 'unmountWallNs'].map((metric) =>
      evidence.median(group, arm, metric),
    );
    if (mount?.kind !== 'interval' || unmount?.kind !== 'interval') return [];
    return [
      {
        mostNs: mount.hi + unmount.hi,
        told: [
          ...told(`${arm}: mount, ${files} files`, 'mountNs', mount),
          ...told(`${arm}: unmount, ${files} files`, 'unmountNs', unmount),
        ],
      },
    ];
  });
  return found.length === 0
    ? null
    : { told: found.flatMap((one) => one.told), mostNs: Math.max(...found.map(({ mostNs }) => mostNs)) };
};

const rates = (evidence: Evidence): readonly Told[] =>
  ['empty', 'full'].flatMap((store) =>
    churned(evidence, store)
      .slice(0, 1)
      .flatMap((group) =>
        [FILES, ...MANIFESTS].flatMap((arm) =>
          told(
            `images created and destroyed, ${placeText(group)}, ${arm}`,
            'imagesPerSecond',
            evidence.median(group, arm, 'imagesPerSecond'),
          ),
        ),
      ),
  );

/** Makes everything slower than it is; null where the machine was quiet, or the run does not say. */
const noiseIn = ({ run }: Evidence): string | null =>
  run.conditions?.judged.find(({ severity, id }) => severity === 'noise' && SLOWS.has(id))?.text ?? null;

const numbers = (
  evidence: Evidence,
  groups: readonly GroupData[],
  { lines, life }: { readonly lines: Lines; readonly life: Interval },
): readonly Told[] => [
  ...told(
    `${FILES}, until it is on disk and gone from it: extrapolated from ${lines.sizes.join(', ')} to ${PUBLISHED_FILES} files`,
    'lifeNs',
    life,
    { published: SAID },
  ),
  ...told('it grows as files to the power of', 'power', timePower(lines)),
  ...WHOLE_LIFE.flatMap((metric) =>
    told(
      `of it ${metric.startsWith('create') ? 'to create' : 'to destroy'}, extrapolated`,
      'partNs',
      timeAt(timeLines(evidence, groups, FILES, [metric]), PUBLISHED_FILES),
    ),
  ),
];

const unmeasured = (evidence: Evidence): Judged => {
  const missing = evidence.whyMissing(FILES);
  return missing !== null
    ? { verdict: 'not testable', because: missing, told: [] }
    : {
        verdict: 'undecided',
        because:
          'the life of an unpacked image was not timed at two sizes, or no mount of a manifest was timed',
        wouldDecide: 'cfsbench run --scenarios churn,churn-scale',
        told: [],
      };
};

const judge = (evidence: Evidence): Judged => {
  const groups = evidence.groups({ scenario: 'churn-scale', params: { store: 'empty' } });
  const lines = timeLines(evidence, groups, FILES, WHOLE_LIFE);
  const life = timeAt(lines, PUBLISHED_FILES);
  const mount = slowestMount(evidence);
  if (life.kind === 'tooFew' || mount === null) return unmeasured(evidence);
  const all = [...numbers(evidence, groups, { lines, life }), ...mount.told, ...rates(evidence)];
  const range = `${formatNs(life.lo)} to ${formatNs(life.hi)} for ${PUBLISHED_FILES} files, extrapolated`;
  // Whatever slowed it, it was faster than that.
  if (life.hi < MINUTE_NS)
    return {
      verdict: 'not supported',
      because: `a life of the unpacked image takes ${range}: less than a minute; its mounts are another matter`,
      told: all,
    };
  const noise = noiseIn(evidence);
  if (noise !== null)
    return {
      verdict: 'undecided',
      because: `a life of the unpacked image took ${range}, while ${noise}`,
      wouldDecide: 'a run on a quiet machine: cfsbench doctor --bench',
      told: all,
    };
  if (mount.mostNs > life.hi * NEAR_ZERO)
    return {
      verdict: 'not supported',
      because:
        'mounting and unmounting a manifest takes more than a hundredth of the life of the unpacked image',
      told: all,
    };
  if (life.lo >= MINUTE_NS && mount.mostNs <= life.lo * NEAR_ZERO)
    return {
      verdict: 'supported',
      because: `a life of the unpacked image takes ${range}; mounting and unmounting a manifest less than a hundredth of it`,
      told: all,
    };
  return {
    verdict: 'undecided',
    because: `the extrapolated life of the unpacked image is ${range}: the bound lies within`,
    wouldDecide: MORE,
    told: all,
  };
};

export const claim: Claim = {
  id: 'C2',
  text: 'Setting up and tearing down tens of thousands of files takes a minute; mounting takes next to nothing.',
  by: 'Dave Chinner, 18 January 2023, in the discussion of composefs',
  scenarios: ['churn-scale'],
  rule: `durable create + durable destroy of unpacked layers = start + slope × files over the sizes of churn-scale with an empty store, extrapolated to the ${PUBLISHED_FILES} files of cs9-developer. Supported: the interval lies at or beyond a minute, and mount + unmount of every manifest backend within a hundredth of it. Not supported: it lies below a minute, or the mounts beyond the hundredth. Otherwise, and where noise of the machine would speak for it, undecided.`,
  objection:
    'Few files say little of many: caches, journals and directories behave differently at tens of thousands, and a disk that is slower than this one would take longer.',
  answer:
    'The number is labelled as extrapolated, carries the interval of the line, and includes a syncfs after create and after destroy. The full profile measures 10,000 files, and tells the power of the files with which the time grows: at 1 a line is right. It holds for this machine and its file system alone.',
  judge,
};
