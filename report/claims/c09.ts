// How much of an image the recorded starts read. It is a property of the recordings, not of this machine.
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figures, largestWith, unmeasured } from './ratios.ts';

const PUBLISHED = 0.064;
/** Twice what was published: another program of another image may read that much and the point would still stand. */
const LARGE = 2 * PUBLISHED;
const LARGE_TEXT = `${(LARGE * 100).toFixed(1)} %`;
const BASE = 'erofs-overlay';
const OTHERS = ['composefs-fuse', 'unpacked-overlay'] as const;
const BESIDE = [
  ['walk-cold', 'walkWallNs'],
  ['start-trace', 'startWallNs'],
  ['random-stat', 'statAllWallNs'],
  ['read-all', 'readAllWallNs'],
] as const;

interface Shares {
  /** The largest first. */
  readonly figures: readonly Figure[];
  /** Starts that did not read the same in every pass: nothing is said of any while there is one. */
  readonly unequal: readonly string[];
}

/** Of every recorded start on every image that it was replayed on; the same whichever backend showed the image. */
const sharesIn = (evidence: Evidence): Shares => {
  const shares = new Map<string, Figure>();
  const unequal: string[] = [];
  for (const group of evidence.groups({ scenario: 'start-trace' })) {
    const image = evidence.run.images.find(({ name }) => name === group.group.image);
    const counted = [BASE, ...OTHERS]
      .map((arm) => evidence.count(group, arm, 'startTouchedBytes'))
      .find((count) => count !== null);
    if (image === undefined || counted === undefined || counted === null || image.fileBytes === 0) continue;
    const start = `start of ${group.group.params['start'] ?? 'a program'} on ${image.name}`;
    if (counted.least !== counted.most) {
      unequal.push(start);
      continue;
    }
    const what = `${start}, bytes read ÷ bytes of its files`;
    shares.set(what, {
      what,
      metric: 'readRatio',
      value: counted.most / image.fileBytes,
      interval: null,
      published: String(PUBLISHED),
    });
  }
  return { figures: [...shares.values()].sort((a, b) => b.value - a.value), unequal };
};

/** What each backend takes for them: shown, and no part of the answer. */
const timesBeside = (evidence: Evidence): readonly Figure[] =>
  BESIDE.flatMap(([scenario, metric]) =>
    OTHERS.flatMap((arm) => {
      const group = largestWith(evidence, { scenario }, [arm, BASE], metric);
      if (group === null) return [];
      const ratio = evidence.ratio(group, arm, BASE, metric);
      return figures(`${scenario}, cold, ${arm} ÷ ${BASE} on ${group.group.image}`, 'timeRatio', ratio);
    }),
  );

const percent = ({ value }: Figure): string => `${(value * 100).toFixed(1)} %`;

const judge = (evidence: Evidence): Judgement => {
  const { figures: shares, unequal } = sharesIn(evidence);
  const beside = timesBeside(evidence);
  if (unequal.length > 0)
    return {
      verdict: 'undecided',
      because: `not the same bytes in every pass: ${unequal.join(', ')}`,
      wouldDecide: 'cfsbench run --scenarios start-trace',
      figures: [...shares, ...beside],
    };
  const [most] = shares;
  const least = shares.at(-1);
  if (most === undefined || least === undefined)
    return unmeasured(evidence, ['start-trace'], 'cfsbench run --scenarios start-trace', beside);
  const numbers = [...shares, ...beside];
  if (most.value <= LARGE)
    return {
      verdict: 'supported',
      because: `of these starts every one reads at most ${percent(most)} of its image`,
      decidedBy: most,
      figures: numbers,
    };
  if (least.value > LARGE)
    return {
      verdict: 'not supported',
      because: `of these starts every one reads at least ${percent(least)} of its image`,
      decidedBy: least,
      figures: numbers,
    };
  return {
    verdict: 'undecided',
    because: `of these starts one reads ${percent(most)} (${most.what}) and another ${percent(least)} (${least.what})`,
    wouldDecide: 'starts of other programs: scripts/record-starts',
    figures: numbers,
  };
};

export const claim: Claim = {
  id: 'C9',
  text: 'Listing everything is not what images are for: a start reads about 6.4 % of the data.',
  by: [
    {
      who: 'Gao Xiang',
      when: '2023',
      where: { kind: 'list', list: 'the discussion of composefs' },
    },
  ],
  scenarios: ['start-trace', 'random-stat', 'read-all'],
  rule: `Bytes that a recorded start reads, page by page, ÷ bytes of all files of its image, for every recorded start on every image that has it. Supported, of these starts: every one at most ${LARGE_TEXT}, twice the published share. Not supported, of these starts: every one more. Where they differ, undecided. Times decide nothing.`,
  objection:
    'A recorded start is one start of one program, and a slim image makes the share large: it holds little but that program.',
  answer:
    'So the verdict speaks of these starts and of no others, and every image is named. It is a property of the recordings, not of this machine. Pages count, not whole files, and readahead was off while they were recorded.',
  judge,
};
