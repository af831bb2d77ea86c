// How much of an image recorded starts read: a property of the recordings, not of this machine.
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { exactFigure, figures, hasFewPasses, isConstant } from './figures.ts';
import { largestGroup } from './groups.ts';
import { unmeasured } from './missing.ts';

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const PUBLISHED = 0.064;
/** Twice the published share: another program of another image may read more without contradicting the point. */
const LARGE = 2 * PUBLISHED;
const BASE = 'erofs-overlay';
const OTHERS = ['composefs-fuse', 'unpacked-overlay'] as const;
const TIMES = [
  ['walk-cold', 'walkWallNs'],
  ['start-trace', 'startWallNs'],
  ['random-stat', 'statAllWallNs'],
  ['read-all', 'readAllWallNs'],
] as const;
const COMMAND = 'cfsbench run --scenarios start-trace';

interface Shares {
  /** The largest first. */
  readonly shares: readonly Figure[];
  /** Starts whose passes differ. */
  readonly unequal: readonly string[];
  /** Starts with fewer than three passes. */
  readonly few: readonly string[];
}

/** One share per recorded start and image; every backend reads the same bytes. */
const sharesIn = (evidence: Evidence): Shares => {
  const shares = new Map<string, Figure>();
  const unequal: string[] = [];
  const few: string[] = [];
  for (const group of evidence.groups({ scenario: 'start-trace' })) {
    const image = evidence.run.images.find(({ name }) => name === group.group.image);
    const count = [BASE, ...OTHERS]
      .map((arm) => evidence.count(group, arm, 'startTouchedBytes'))
      .find((one) => one !== null);
    if (image === undefined || count == null || image.fileBytes === 0) continue;
    const start = `start of ${group.group.params['start'] ?? 'a program'} on ${image.name}`;
    if (!isConstant(count)) {
      unequal.push(start);
      continue;
    }
    if (hasFewPasses([count])) few.push(start);
    const what = `${start}, bytes read ÷ bytes of its files`;
    const published = String(PUBLISHED);
    shares.set(what, exactFigure(what, 'readRatio', count.most / image.fileBytes, { published }));
  }
  return { shares: [...shares.values()].sort((a, b) => b.value - a.value), unequal, few };
};

/** Not judged: times of each backend for starts, walks and reads. */
const timesContext = (evidence: Evidence): readonly Figure[] =>
  TIMES.flatMap(([scenario, metric]) =>
    OTHERS.flatMap((arm) => {
      const group = largestGroup(evidence, { scenario, arms: [arm, BASE], metric });
      if (group === null) return [];
      const ratio = evidence.ratio(group, arm, BASE, metric);
      return figures(`${scenario}, cold, ${arm} ÷ ${BASE} on ${group.group.image}`, 'timeRatio', ratio);
    }),
  );

const judge = (evidence: Evidence): Judgement => {
  const { shares, unequal, few } = sharesIn(evidence);
  const context = timesContext(evidence);
  const numbers = [...shares, ...context];
  if (unequal.length > 0 || few.length > 0)
    return {
      verdict: 'undecided',
      because:
        unequal.length > 0
          ? `passes read different bytes: ${unequal.join(', ')}`
          : `fewer than three passes: ${few.join(', ')}`,
      wouldDecide: COMMAND,
      figures: numbers,
    };
  const [most] = shares;
  const least = shares.at(-1);
  if (most === undefined || least === undefined)
    return unmeasured(evidence, ['start-trace'], COMMAND, context);
  if (most.value <= LARGE)
    return {
      verdict: 'supported',
      because: `each of these starts reads at most ${percent(most.value)} of its image`,
      decidedBy: most,
      figures: numbers,
    };
  if (least.value > LARGE)
    return {
      verdict: 'not supported',
      because: `each of these starts reads at least ${percent(least.value)} of its image`,
      decidedBy: least,
      figures: numbers,
    };
  return {
    verdict: 'undecided',
    because: `of these starts one reads ${percent(most.value)} (${most.what}), another ${percent(least.value)} (${least.what})`,
    wouldDecide: 'starts of other programs: scripts/record-starts',
    figures: numbers,
  };
};

export const claim: Claim = {
  id: 'C9',
  text: `Images are not for listing everything: a start reads about ${percent(PUBLISHED)} of the data.`,
  by: [
    {
      who: 'Gao Xiang',
      when: '2023',
      where: { kind: 'list', list: 'the discussion of composefs' },
    },
  ],
  scenarios: ['start-trace', 'random-stat', 'read-all'],
  rule: `Bytes that a recorded start reads, page by page, ÷ bytes of all files of its image, for every recorded start on every image that has it. Supported, for these starts: each reads at most ${percent(LARGE)}, twice the published share. Not supported, for these starts: each reads more. Undecided: they differ, or a start was measured in fewer than three passes. Times decide nothing.`,
  objection:
    'A recorded start is one start of one program, and a slim image makes the share large: it holds little but that program.',
  answer:
    'So the verdict speaks of these starts only, and every image is named. It is a property of the recordings, not of this machine. Pages count, not whole files, and readahead was off during the recording.',
  judge,
};
