// With every file here already: what does a further file cost whoever makes a checkout of it, and what whoever mounts a manifest?
import type { GroupData } from '../../results/compare/tally.ts';
import type { Phase } from '../../results/schema/run.ts';
import { grouped } from '../format.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { type CallGrowth, callGrowth, callsIn, entriesIn, filesOf, sized } from './growth.ts';
import { unmeasured } from './ratios.ts';
import { allOf, overImages, type Part } from './verdicts.ts';

/** Both are needed: links are the cheapest checkout there is, layers the usual one. */
const NEEDED = ['hardlink-checkout', 'unpacked-overlay'];
/** Judgement where the run has them: not every machine has reflinks, and what makes links without a command is a variant. */
const CHECKOUTS = [...NEEDED, 'reflink-checkout', 'hardlink-checkout-direct', 'unpacked-overlay-unlinkat'];
const MANIFEST = /^(erofs-overlay|composefs-fuse|mount-composefs)/;
/** `At least one system call per file`, in the words of the mail. */
const LEAST_PER_FILE = 1;
/** From the manifest in the store to nothing of it: what a checkout's create and destroy stand against. */
const LIFE: readonly Phase[] = ['create', 'mount', 'unmount', 'settle', 'destroy'];
const MORE = 'cfsbench run --scenarios churn-scale';
/** Of tar, what moves contents and not names. */
const MOVES_DATA = /^(read|write|pread64|pwrite64|copy_file_range|sendfile)$/;

const exact = (what: string, metric: string, value: number, more: Partial<Figure> = {}): Figure => ({
  what,
  metric,
  value,
  interval: null,
  ...more,
});

/** The sizes of churn-scale, and the images of churn where those have another one. */
const everySize = (evidence: Evidence): readonly GroupData[] => {
  const params = { local: 'files' };
  const scaled = evidence.groups({ scenario: 'churn-scale', params });
  const there = new Set(sized(evidence, scaled).map(([files]) => files));
  return [
    ...scaled,
    ...evidence.groups({ scenario: 'churn', params }).filter((group) => {
      const files = filesOf(evidence, group);
      return files !== null && !there.has(files);
    }),
  ];
};

const sizesText = ({ sizes }: CallGrowth): string => `${sizes.map(grouped).join(', ')} files`;

const checkoutPart = (arm: string, phase: Phase, growth: CallGrowth): Part => ({
  holds: growth.least >= LEAST_PER_FILE ? 'yes' : 'no',
  because: `${phase} of ${arm}: at least ${growth.least.toFixed(2)} calls for a further file`,
  figures: exact(
    `${arm}, calls of ${phase} for a further file, the least between two of ${sizesText(growth)}`,
    'callsPerFileCount',
    growth.least,
  ),
});

const manifestPart = (arm: string, growth: CallGrowth): Part => {
  const most = Math.max(Math.abs(growth.least), Math.abs(growth.most));
  return {
    holds: most === 0 ? 'yes' : 'no',
    because:
      most === 0
        ? `${arm}: exactly as many calls for each image`
        : `${arm}: ${most.toFixed(4)} calls more or fewer for a further file`,
    figures: exact(
      `${arm}, calls of create, mount, unmount, settle and destroy for a further file, the most between two of ${sizesText(growth)}`,
      'callsPerFileCount',
      most,
    ),
  };
};

/** Shown and not judged: the same for each name, of which an image has more than files; and what of tar's calls moves contents. */
const besideCheckouts = (evidence: Evidence, groups: readonly GroupData[]): readonly Figure[] => {
  const largest = [...sized(evidence, groups)].sort(([a], [b]) => b - a)[0]?.[1];
  if (largest === undefined) return [];
  const { image } = largest.group;
  const entries = entriesIn(evidence, largest);
  return CHECKOUTS.flatMap((arm) => {
    const tar = evidence
      .calls(largest, arm)
      .filter(({ phase, actor }) => phase === 'create' && actor === 'tar');
    const sum = (calls: typeof tar): number => calls.reduce((total, { most }) => total + most, 0);
    const named = (['create', 'destroy'] as const).flatMap((phase) => {
      const calls = callsIn(evidence, largest, arm, [phase]);
      return calls === null || entries === null
        ? []
        : [
            exact(
              `${arm}, ${image}: calls of ${phase} for each name`,
              'callsPerNameCount',
              calls.most / entries,
            ),
          ];
    });
    return [
      ...named,
      ...(tar.length === 0
        ? []
        : [
            exact(
              `${arm}, ${image}: of ${grouped(sum(tar))} calls of tar, those that read or write contents, by blocks of 10 KiB`,
              'movesDataCount',
              sum(tar.filter(({ call }) => MOVES_DATA.test(call))),
            ),
          ]),
    ];
  });
};

/** Never in the verdict: bringing contents in, asking for them and collecting them cost calls for each object, whoever does it. */
const besideObjects = (evidence: Evidence): readonly Figure[] =>
  evidence.groups({ scenario: 'churn' }).flatMap((group) => {
    const objects = evidence.run.images.find(({ name }) => name === group.group.image)?.objectCount;
    const { local } = group.group.params;
    if (objects === undefined || objects === 0 || local === 'image') return [];
    return (['ingest', 'collect'] as const).flatMap((phase) => {
      const calls = callsIn(evidence, group, 'erofs-overlay', [phase]);
      const ingest = group.group.params['ingest'];
      const place = `local=${local}${ingest === undefined ? '' : `, ingest=${ingest}`}`;
      return calls === null || calls.most === 0
        ? []
        : [
            exact(
              `erofs-overlay, ${group.group.image}, ${place}: calls of ${phase} for each object (beside)`,
              'callsPerObjectCount',
              calls.most / objects,
              { standIn: true },
            ),
          ];
    });
  });

const manifestsIn = (groups: readonly GroupData[]): readonly string[] =>
  [...new Set(groups.flatMap(({ ledgers }) => [...ledgers.keys()]))].filter((arm) => MANIFEST.test(arm));

/** What cannot be told from this run, and why. */
const untestable = (evidence: Evidence, groups: readonly GroupData[]): Judgement | null => {
  const { ledgerSource } = evidence.run;
  if (!['bpf', 'strace'].includes(ledgerSource))
    return { verdict: 'not testable', because: `system calls: ${ledgerSource}`, figures: [] };
  const absent = NEEDED.filter((arm) => !groups.some(({ ledgers }) => ledgers.has(arm)));
  return absent.length === 0 ? null : unmeasured(evidence, [...absent, 'churn-scale'], MORE);
};

const judge = (evidence: Evidence): Judgement => {
  const groups = everySize(evidence);
  const not = untestable(evidence, groups);
  if (not !== null) return not;
  const growthOf = (arm: string, phases: readonly Phase[]): CallGrowth | null =>
    callGrowth(evidence, groups, arm, phases);
  const unequal = (arm: string): Part => ({
    holds: 'open',
    because: `the calls of ${arm} were not counted at two sizes, or not the same in every pass`,
    figures: null,
  });
  const checkouts = CHECKOUTS.filter((arm) => groups.some(({ ledgers }) => ledgers.has(arm))).flatMap((arm) =>
    (['create', 'destroy'] as const).map((phase) => {
      const growth = growthOf(arm, [phase]);
      return growth === null ? unequal(arm) : checkoutPart(arm, phase, growth);
    }),
  );
  const arms = manifestsIn(groups);
  const manifests = arms.map((arm) => {
    const growth = growthOf(arm, LIFE);
    return growth === null ? unequal(arm) : manifestPart(arm, growth);
  });
  if (manifests.length === 0) manifests.push(unequal('a manifest'));
  // The cheapest checkout is what the claim's bound is about: it decides, and stands first.
  const cheapestFirst = [...checkouts].sort(
    (a, b) => (a.figures?.value ?? Number.POSITIVE_INFINITY) - (b.figures?.value ?? Number.POSITIVE_INFINITY),
  );
  const answer = allOf('', [...cheapestFirst, ...manifests], [], MORE);
  return overImages([
    {
      ...answer,
      figures: [...answer.figures, ...besideCheckouts(evidence, groups), ...besideObjects(evidence)],
    },
  ]);
};

export const claim: Claim = {
  id: 'C1',
  text: 'With all files of an image here, a checkout still takes at least one system call per file, and then the equivalent of rm -rf; a prebuilt manifest takes none.',
  by: [
    {
      who: 'Giuseppe Scrivano',
      when: '2023-01-20',
      where: { kind: 'message', id: '87ilh0g88n.fsf@redhat.com' },
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
  rule: `System calls with local=files (every file is here, the image is not set up), counts equal in every pass, differences between every two sizes of churn-scale and churn. Supported: create and destroy of hardlink-checkout, unpacked-overlay and, where the run has them, reflink-checkout and those that work without commands each take at least ${LEAST_PER_FILE} call for a further regular file; create, mount, unmount, settle and destroy of every manifest backend together take exactly 0. Not supported: any of them does not. The cheapest checkout is printed.`,
  objection:
    'Bringing contents into a store, asking the store for them and collecting them cost calls for each object, for manifests too. And a call that reads 10 KiB of contents is no call for a file.',
  answer:
    'Those costs are of a pull and of a collection, not of a checkout: they stand beside, for each object, and are in no verdict. How many of tar’s calls move contents is printed. The hard links move none: they are the least that a tree of names costs. An image has directories and symbolic links as well, so calls for each name stand beside. It holds for the sizes that were measured.',
  judge,
};
