// With every file local: how many system calls does one more file cost in a checkout, and how many in a manifest?
import type { CallCount } from '../../results/compare/counts.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import type { Phase } from '../../results/schema/run.ts';
import { grouped } from '../format.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { EVERY_PASS, exactFigure, FEW_PASSES, hasFewPasses, isConstant, STAND_IN } from './figures.ts';
import { bySize, type CallGrowth, callGrowth, callsIn, entriesIn, filesOf, SIZES_APART } from './growth.ts';
import { morePasses, unmeasured } from './missing.ts';
import { SCRIVANO_V3 } from './sources.ts';
import { allOf, type ClaimPart, failedPart, overImages } from './verdicts.ts';

/** Hard links are the cheapest checkout, unpacked layers the usual one. */
const NEEDED = ['hardlink-checkout', 'unpacked-overlay'];
/** The others are judged where the run has them: not every machine has reflinks, and the direct variants are optional. */
const CHECKOUTS = [...NEEDED, 'reflink-checkout', 'hardlink-checkout-direct', 'unpacked-overlay-unlinkat'];
const MANIFEST = /^(erofs-overlay|composefs-fuse|mount-composefs)/;
/** `At least one system call per file`, in the words of the mail. */
const LEAST_PER_FILE = 1;
/** Everything a manifest backend does, against create and destroy of a checkout. */
const LIFE: readonly Phase[] = ['create', 'mount', 'unmount', 'settle', 'destroy'];
const COMMAND = 'cfsbench run --scenarios churn-scale';
/** Calls of tar that read its archive and libraries, or write files. */
const MOVES_DATA = /^(read|write|pread64|pwrite64|copy_file_range|sendfile)$/;

/** The sizes of churn-scale, and images of churn of other sizes. */
const everySize = (evidence: Evidence): readonly GroupData[] => {
  const params = { local: 'files' };
  const scaled = evidence.groups({ scenario: 'churn-scale', params });
  const known = new Set(bySize(evidence, scaled).map(([files]) => files));
  return [
    ...scaled,
    ...evidence.groups({ scenario: 'churn', params }).filter((group) => {
      const files = filesOf(evidence, group);
      return files !== null && !known.has(files);
    }),
  ];
};

const sizesText = ({ sizes }: CallGrowth): string => `${sizes.map(grouped).join(', ')} files`;

const checkoutPart = (arm: string, phase: Phase, growth: CallGrowth): ClaimPart => ({
  holds: growth.least >= LEAST_PER_FILE ? 'yes' : 'no',
  because: `${phase} of ${arm}: at least ${growth.least.toFixed(2)} calls per additional file`,
  figure: exactFigure(
    `${arm}: calls of ${phase} per additional file, the smallest slope between two of ${sizesText(growth)}`,
    'callsPerFileCount',
    growth.least,
  ),
});

const manifestPart = (arm: string, growth: CallGrowth): ClaimPart => {
  const most = Math.max(Math.abs(growth.least), Math.abs(growth.most));
  return {
    holds: most === 0 ? 'yes' : 'no',
    because:
      most === 0
        ? `${arm}: the same number of calls for every image`
        : `${arm}: ${most.toFixed(4)} calls more or fewer per additional file`,
    figure: exactFigure(
      `${arm}: calls of ${LIFE.join(', ')} per additional file, the largest slope between two of ${sizesText(growth)}`,
      'callsPerFileCount',
      most,
    ),
  };
};

const callsPerName = (evidence: Evidence, group: GroupData, arm: string): readonly Figure[] => {
  const entries = entriesIn(evidence, group);
  return (['create', 'destroy'] as const).flatMap((phase) => {
    const calls = callsIn(evidence, group, arm, [phase]);
    if (calls === null || entries === null) return [];
    const what = `${arm}, ${group.group.image}: calls of ${phase} per entry`;
    return [exactFigure(what, 'callsPerNameCount', calls.most / entries)];
  });
};

const callsOfTar = (evidence: Evidence, group: GroupData, arm: string): readonly Figure[] => {
  const tar = evidence.calls(group, arm).filter(({ phase, actor }) => phase === 'create' && actor === 'tar');
  const sum = (calls: readonly CallCount[]): number => calls.reduce((total, { most }) => total + most, 0);
  if (tar.length === 0) return [];
  const what = `${arm}, ${group.group.image}: of ${grouped(sum(tar))} calls of tar, those that read its archive or write files, at most 10 KiB each`;
  return [exactFigure(what, 'movesDataCount', sum(tar.filter(({ call }) => MOVES_DATA.test(call))))];
};

/** Not judged: calls per entry, and the calls of tar that read its archive or write files. */
const checkoutContext = (evidence: Evidence, groups: readonly GroupData[]): readonly Figure[] => {
  const largest = [...bySize(evidence, groups)].sort(([a], [b]) => b - a)[0]?.[1];
  return largest === undefined
    ? []
    : CHECKOUTS.flatMap((arm) => [
        ...callsPerName(evidence, largest, arm),
        ...callsOfTar(evidence, largest, arm),
      ]);
};

/** Not judged: ingest and collect cost calls per object, in any backend. */
const objectContext = (evidence: Evidence): readonly Figure[] =>
  evidence.groups({ scenario: 'churn' }).flatMap((group) => {
    const { image } = group.group;
    const objects = evidence.run.images.find(({ name }) => name === image)?.objectCount;
    const { local, ingest } = group.group.params;
    if (objects === undefined || objects === 0 || local === 'image') return [];
    const params = `local=${local}${ingest === undefined ? '' : `, ingest=${ingest}`}`;
    // A full store is collected with the images of the whole run.
    const phases = local === 'files' ? (['ingest'] as const) : (['ingest', 'collect'] as const);
    return phases.flatMap((phase) => {
      const calls = callsIn(evidence, group, 'erofs-overlay', [phase]);
      if (calls === null || calls.most === 0) return [];
      const what = `erofs-overlay, ${image}, ${params}: calls of ${phase} per object`;
      return [exactFigure(what, 'callsPerObjectCount', calls.most / objects, STAND_IN)];
    });
  });

const armsIn = (groups: readonly GroupData[]): readonly string[] => [
  ...new Set(groups.flatMap(({ ledgers }) => [...ledgers.keys()])),
];

/** Null: the run has counts of the checkouts that the rule needs. */
const cannotTell = (evidence: Evidence, arms: readonly string[]): Judgement | null => {
  const { ledgerSource } = evidence.run;
  if (!['bpf', 'strace'].includes(ledgerSource))
    return { verdict: 'not testable', because: `system calls: ${ledgerSource}`, figures: [] };
  const absent = NEEDED.filter((arm) => !arms.includes(arm));
  return absent.length === 0 ? null : unmeasured(evidence, [...absent, 'churn-scale'], COMMAND);
};

/** strace counts commands: what the harness and servers do for the other arms is not seen. */
const BY_COMMANDS = ['hardlink-checkout', 'unpacked-overlay', 'reflink-checkout'];

const isSeen = ({ run }: Evidence, arm: string): boolean =>
  run.ledgerSource === 'bpf' || BY_COMMANDS.includes(arm);

const isFew = (evidence: Evidence, groups: readonly GroupData[], arm: string): boolean =>
  hasFewPasses(groups.map((group) => callsIn(evidence, group, arm, LIFE)));

const openPart = (arms: Iterable<string>, why: string): readonly ClaimPart[] => {
  const names = [...new Set(arms)];
  return names.length === 0
    ? []
    : [{ holds: 'open', because: `calls of ${names.join(', ')}: ${why}`, figure: null }];
};

/** Arms of the claim without a count at a size where their slots failed. */
const failedIn = (evidence: Evidence, groups: readonly GroupData[]): readonly string[] => [
  ...new Set(
    groups.flatMap((group) =>
      evidence
        .failedArms([group])
        .filter((arm) => (CHECKOUTS.includes(arm) || MANIFEST.test(arm)) && !group.ledgers.has(arm)),
    ),
  ),
];

const judge = (evidence: Evidence): Judgement => {
  const groups = everySize(evidence);
  const arms = armsIn(groups);
  const untold = cannotTell(evidence, arms);
  if (untold !== null) return untold;
  const few: string[] = [];
  const unequal: string[] = [];
  const unclear: string[] = [];
  const unseen: string[] = [];
  const partOf = (
    arm: string,
    phases: readonly Phase[],
    part: (growth: CallGrowth) => ClaimPart,
  ): readonly ClaimPart[] => {
    if (!isSeen(evidence, arm)) {
      unseen.push(arm);
      return [];
    }
    const growth = callGrowth(evidence, groups, arm, phases);
    if (growth !== null) return [part(growth)];
    const counts = groups.flatMap((group) => callsIn(evidence, group, arm, phases) ?? []);
    const why = isFew(evidence, groups, arm) ? few : counts.every(isConstant) ? unclear : unequal;
    why.push(arm);
    return [];
  };
  const checkouts = CHECKOUTS.filter((arm) => arms.includes(arm)).flatMap((arm) =>
    (['create', 'destroy'] as const).flatMap((phase) =>
      partOf(arm, [phase], (growth) => checkoutPart(arm, phase, growth)),
    ),
  );
  const manifestArms = arms.filter((arm) => MANIFEST.test(arm));
  const manifests = manifestArms.flatMap((arm) => partOf(arm, LIFE, (growth) => manifestPart(arm, growth)));
  if (manifestArms.length === 0) unclear.push('a manifest backend');
  const failed = failedIn(evidence, groups).map(failedPart);
  // The bound is about the cheapest checkout: it decides, so it stands first.
  const cheapestFirst = [...checkouts].sort(
    (a, b) => (a.figure?.value ?? Number.POSITIVE_INFINITY) - (b.figure?.value ?? Number.POSITIVE_INFINITY),
  );
  const open = [
    ...openPart(few, FEW_PASSES),
    ...openPart(unequal, 'not equal in every pass'),
    ...openPart(unclear, `counted at fewer than two sizes that are ${SIZES_APART} times apart`),
    ...openPart(unseen, `${evidence.run.ledgerSource} counts commands only`),
  ];
  const context = [...checkoutContext(evidence, groups), ...objectContext(evidence)];
  const wouldDecide =
    few.length + unseen.length > 0 ? morePasses(evidence, ['churn-scale', 'churn']) : COMMAND;
  return overImages([
    allOf(evidence, '', [...cheapestFirst, ...manifests, ...open, ...failed], context, wouldDecide),
  ]);
};

export const claim: Claim = {
  id: 'C1',
  text: 'Even with all files of an image local, a checkout takes at least one system call per file, and then the equivalent of rm -rf; a prebuilt manifest takes none.',
  by: [
    {
      ...SCRIVANO_V3,
      said: 'with all files local a checkout is still needed, at least one system call per file, then the equivalent of rm -rf',
    },
    {
      who: 'Amir Goldstein',
      when: null,
      where: { kind: 'list', list: 'his reply to that mail' },
      said: 'a prebuilt EROFS manifest has the same property as composefs',
    },
  ],
  scenarios: ['churn-scale'],
  further: ['churn'],
  rule: `System calls with local=files (all files are local, the image is not set up), equal in ${EVERY_PASS}; slopes between every two sizes of churn-scale and churn of which one has at least ${SIZES_APART} times the files of the other. Supported: create and destroy of hardlink-checkout, of unpacked-overlay and, where the run has them, of reflink-checkout, hardlink-checkout-direct and unpacked-overlay-unlinkat each take at least ${LEAST_PER_FILE} call per additional regular file, while ${LIFE.join(', ')} of every manifest backend together take exactly 0. Not supported: any of them does not. Undecided: one of them failed, or was counted at fewer than two such sizes, in too few passes, or differently between passes, or was not seen by strace, which counts commands only. The cheapest checkout is printed.`,
  objection:
    'Ingest and collect cost calls per object with manifests, too. And a call of tar that reads 10 KiB of its archive is not a call for a file.',
  answer:
    'Ingest and collect belong to a pull and to a garbage collection, not to a checkout: their calls per object are shown and are part of no verdict. The calls of tar that read its archive or write files are counted and shown. Hard links move no contents, except for files too small to be objects: they are the lowest cost of a tree of names. An image also has directories and symbolic links, so calls per entry are shown. The verdict holds for the measured sizes.',
  judge,
};
