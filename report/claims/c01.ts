import type { GroupData } from '../../results/compare/tally.ts';
import type { Phase } from '../../results/schema/run.ts';
import type { Claim, Judged, Told } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { type CallGrowth, callGrowth, callsIn, filesOf, timeLines, timePerFile } from './growth.ts';

const FILES = 'unpacked-overlay';
const MANIFESTS = ['erofs-overlay', 'composefs-fuse'];
const MORE = 'cfsbench run --scenarios churn,churn-scale';
/** A call more for a thousand files is no call for each file. */
const NONE = 0.001;
const TIMED: readonly (readonly [arm: string, phases: readonly Phase[]])[] = [
  [FILES, ['create', 'mount', 'destroy']],
  [MANIFESTS[0]!, ['ingest', 'create', 'mount', 'destroy', 'collect']],
];
const MOUNT: readonly Phase[] = ['create', 'mount', 'unmount', 'settle', 'destroy'];

const exact = (what: string, value: number, more: Partial<Told> = {}): Told => ({
  what,
  metric: 'callsPerFileCount',
  value,
  interval: null,
  ...more,
});

/** The slope, and in words the start. */
const line = (what: string, { perFile, start }: CallGrowth): Told =>
  exact(`${what} for each file (start: ${Math.round(start)})`, perFile);

const timed = (
  evidence: Evidence,
  groups: readonly GroupData[],
  arm: string,
  phase: Phase,
): readonly Told[] => {
  const interval = timePerFile(timeLines(evidence, groups, arm, [`${phase}WallNs`]));
  if (interval.kind === 'tooFew') return [];
  const what = `store empty, ${arm}: time of ${phase} for each file`;
  return [{ what, metric: 'perFileNs', value: interval.center, interval }];
};

const scaled = (evidence: Evidence, store: string): readonly GroupData[] =>
  evidence.groups({ scenario: 'churn-scale', params: { store } });

/** Every size of every scenario at which a manifest's calls were counted. */
const everySize = (evidence: Evidence, store: string): readonly GroupData[] => [
  ...evidence.groups({ scenario: 'churn', params: { store } }),
  ...scaled(evidence, store),
];

/** Calls that a mount costs beside its files: the most that another size adds for each further file; null if never counted. */
const mountGrowth = (evidence: Evidence, arm: string): number | null => {
  // Whose base is here says nothing of a manifest's own life: one more size.
  const shared = evidence.groups({ scenario: 'churn-shared-base' });
  const found = ['empty', 'full'].flatMap((store) => {
    const growth = callGrowth(evidence, [...everySize(evidence, store), ...shared], arm, MOUNT);
    return growth === null ? [] : [Math.max(Math.abs(growth.least), Math.abs(growth.most))];
  });
  return found.length === 0 ? null : Math.max(...found);
};

/** The other store: what is unpacked already costs nothing, and what is asked for is asked object by object. */
const fullStore = (evidence: Evidence): readonly Told[] =>
  everySize(evidence, 'full').flatMap((group) => {
    const files = filesOf(evidence, group);
    const tell = (arm: string, what: string, phases: readonly Phase[]): readonly Told[] => {
      const calls = callsIn(evidence, group, arm, phases);
      return calls === null || files === null
        ? []
        : [exact(`store full, ${group.group.image}, ${arm}: calls of ${what} by file`, calls.most / files)];
    };
    return [
      ...tell(FILES, 'create and destroy', ['create', 'destroy']),
      ...tell(MANIFESTS[0]!, 'ingest, which asks for every object', ['ingest']),
    ];
  });

const sharedBase = (evidence: Evidence): readonly Told[] =>
  evidence.groups({ scenario: 'churn-shared-base' }).flatMap((group) => {
    const calls = callsIn(evidence, group, FILES, ['create', 'destroy']);
    const files = filesOf(evidence, group);
    return calls === null || files === null
      ? []
      : [exact(`all layers but the top one here, ${FILES}: calls by file of the image`, calls.most / files)];
  });

const undecided = (because: string): Judged => ({
  verdict: 'undecided',
  because,
  wouldDecide: MORE,
  told: [],
});

/** What cannot be told from this run, and why; null where the calls of unpacking are there. */
const untestable = (evidence: Evidence): Judged | null => {
  const { ledgerSource } = evidence.run;
  const missing = scaled(evidence, 'empty').some(({ ledgers }) => ledgers.has(FILES))
    ? null
    : evidence.whyMissing(FILES);
  if (missing !== null) return { verdict: 'not testable', because: missing, told: [] };
  return ['bpf', 'strace'].includes(ledgerSource)
    ? null
    : { verdict: 'not testable', because: `system calls: ${ledgerSource}`, told: [] };
};

/** What the empty store makes of it beside: the manifests' objects, and time. */
const emptyStore = (evidence: Evidence): readonly Told[] => {
  const empty = scaled(evidence, 'empty');
  const objects = (['ingest', 'collect'] as const).flatMap((phase) => {
    const growth = callGrowth(evidence, empty, MANIFESTS[0]!, [phase]);
    return growth === null ? [] : [line(`store empty, manifest backends: calls of ${phase}`, growth)];
  });
  const times = TIMED.flatMap(([arm, phases]) =>
    phases.flatMap((phase) => timed(evidence, empty, arm, phase)),
  );
  return [...objects, ...times];
};

const judge = (evidence: Evidence): Judged => {
  const not = untestable(evidence);
  if (not !== null) return not;
  const [create, destroy] = (['create', 'destroy'] as const).map((phase) =>
    callGrowth(evidence, scaled(evidence, 'empty'), FILES, [phase]),
  );
  if (!create || !destroy)
    return undecided('the calls of unpacking were not counted at two sizes, or not the same in every pass');
  const mounts = MANIFESTS.flatMap((arm) => {
    const most = mountGrowth(evidence, arm);
    return most === null ? [] : [{ arm, most }];
  });
  if (mounts.length === 0) return undecided('the calls of no mount of a manifest were counted at two sizes');
  const told: readonly Told[] = [
    line(`store empty, ${FILES}: calls of create`, create),
    line(`store empty, ${FILES}: calls of destroy`, destroy),
    ...mounts.map(({ arm, most }) =>
      exact(`${arm}: calls of create, mount, unmount and destroy for each file`, most),
    ),
    ...emptyStore(evidence),
    ...fullStore(evidence),
    ...sharedBase(evidence),
  ];
  if (Math.min(create.least, destroy.least) < 1)
    return {
      verdict: 'not supported',
      because: 'unpacking or removing takes less than one call for a further file',
      told,
    };
  if (mounts.some(({ most }) => most > NONE))
    return {
      verdict: 'not supported',
      because: "the calls of a manifest's create, mount, unmount and destroy grow with its files",
      told,
    };
  return {
    verdict: 'supported',
    because: `of an image that is not here every further file costs ${create.perFile.toFixed(1)} calls to unpack and ${destroy.perFile.toFixed(1)} to remove; a manifest's own life costs none for a file, while bringing its objects in and collecting them does; what is unpacked already costs none either`,
    told,
  };
};

export const claim: Claim = {
  id: 'C1',
  text: 'Unpacking costs at least one system call per file to create and one to remove; mounting a manifest costs none.',
  by: 'Giuseppe Scrivano, early 2023, in the discussion of composefs; Amir Goldstein answered that a prebuilt EROFS image has the same property',
  scenarios: ['churn-scale'],
  rule: 'calls = start + slope × files over the sizes of churn-scale with an empty store, counts equal in every pass. Supported: between any two neighbouring sizes the slopes of unpacked create and of unpacked destroy are at least 1, and those of create, mount, unmount, settle and destroy of every manifest backend that was counted are at most 0.001, in both stores. Not supported: any of them is not.',
  objection:
    'An empty store moves the work of the manifest backends into ingest and collect, which cost calls for each object; and layers that are unpacked already cost nothing either.',
  answer:
    'Both stand beside the verdict: ingest and collect of the empty store, and the full store, in which unpacked layers stay and only the manifests are asked for each object. A prebuilt EROFS image is the second manifest backend here. How many calls a file takes depends on its bytes, which tar reads and writes by 10 KiB: every hundred files of these images have the same sizes, 54 kB in the mean as in a real distribution.',
  judge,
};
