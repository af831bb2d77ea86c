// How much of an image the recorded starts read. It is a property of the recordings, not of this machine.
import type { Claim, Judged, Told } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { largestWith, told, unmeasured } from './ratios.ts';

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

interface Share {
  readonly told: Told;
  /** Of the pass that read least; most is what is told. */
  readonly least: number;
}

/** Of every recorded start on every image that it was replayed on; the same whichever backend showed the image. */
const sharesIn = (evidence: Evidence): readonly Share[] => {
  const shares = new Map<string, Share>();
  for (const group of evidence.groups({ scenario: 'start-trace' })) {
    const image = evidence.run.images.find(({ name }) => name === group.group.image);
    const counted = [BASE, ...OTHERS]
      .map((arm) => evidence.count(group, arm, 'startTouchedBytes'))
      .find((count) => count !== null);
    if (image === undefined || counted === undefined || counted === null || image.fileBytes === 0) continue;
    const what = `start of ${group.group.params['start'] ?? 'a program'} on ${image.name}, bytes read ÷ bytes of its files`;
    const value = counted.most / image.fileBytes;
    shares.set(what, {
      told: { what, metric: 'readRatio', value, interval: null, published: String(PUBLISHED) },
      least: counted.least / image.fileBytes,
    });
  }
  return [...shares.values()].sort((a, b) => b.told.value - a.told.value);
};

/** What each backend takes for them: shown, and no part of the answer. */
const timesBeside = (evidence: Evidence): readonly Told[] =>
  BESIDE.flatMap(([scenario, metric]) =>
    OTHERS.flatMap((arm) => {
      const group = largestWith(evidence, { scenario }, [arm, BASE], metric);
      if (group === null) return [];
      const ratio = evidence.ratio(group, arm, BASE, metric);
      return told(`${scenario}, cold, ${arm} ÷ ${BASE} on ${group.group.image}`, 'timeRatio', ratio);
    }),
  );

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const judge = (evidence: Evidence): Judged => {
  const shares = sharesIn(evidence);
  const beside = timesBeside(evidence);
  const [most] = shares;
  if (most === undefined)
    return unmeasured(evidence, ['start-trace'], 'cfsbench run --scenarios start-trace', beside);
  const least = shares.reduce((best, one) => (one.least < best.least ? one : best));
  const numbers = [...shares.map(({ told }) => told), ...beside];
  if (most.told.value <= LARGE)
    return {
      verdict: 'supported',
      because: `of these starts every one reads at most ${percent(most.told.value)} of its image`,
      decidedBy: most.told,
      told: numbers,
    };
  if (least.least > LARGE)
    return {
      verdict: 'not supported',
      because: `of these starts every one reads at least ${percent(least.least)} of its image`,
      decidedBy: least.told,
      told: numbers,
    };
  return {
    verdict: 'undecided',
    because: `of these starts one reads ${percent(most.told.value)} (${most.told.what}) and one in some pass ${percent(least.least)} (${least.told.what})`,
    wouldDecide: 'starts of other programs: scripts/record-starts',
    told: numbers,
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
  rule: `Bytes that a recorded start reads, page by page, ÷ bytes of all files of its image, for every recorded start on every image that has it. Supported, of these starts: every one at most ${LARGE_TEXT}, twice the published share. Not supported, of these starts: every one more. Where they differ, or passes of one do, undecided. Times decide nothing.`,
  objection:
    'A recorded start is one start of one program, and a slim image makes the share large: it holds little but that program.',
  answer:
    'So the verdict speaks of these starts and of no others, and every image is named. It is a property of the recordings, not of this machine. Pages count, not whole files, and readahead was off while they were recorded.',
  judge,
};
