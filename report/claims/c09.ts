// How much of an image a start reads, and whether the order that a full listing shows holds for it.
import type { Claim, Told } from './claim.ts';
import { largestWith, told, unmeasured } from './ratios.ts';

const PUBLISHED = 0.064;
/** Twice what was published: another program of another image. */
const LARGE = 2 * PUBLISHED;
const BASE = 'erofs-overlay';
const OTHERS = ['composefs-fuse', 'unpacked-overlay'] as const;
const BESIDE = [
  ['walk-cold', 'walkWallNs'],
  ['start-trace', 'startWallNs'],
  ['random-stat', 'statAllWallNs'],
  ['read-all', 'readAllWallNs'],
] as const;

export const claim: Claim = {
  id: 'C9',
  text: 'Listing everything is not what images are for: a start reads about 6.4 % of the data.',
  by: 'Gao Xiang, in the discussion of composefs, 2023',
  scenarios: ['start-trace', 'random-stat', 'read-all'],
  rule: 'Bytes that a recorded start reads, page by page, ÷ bytes of all files of its image. Supported: at most 12.8 %, twice the published share, for every start that was replayed. Not supported: more. What each backend takes for a start, for random stat, for reading everything and for listing stands beside it and decides nothing.',
  objection: 'A recorded start is one start of one program.',
  answer:
    'Two programs are recorded, with the script that did it; pages count, not whole files, and readahead was off while they were recorded.',
  judge(evidence) {
    const starts = evidence.groups({ scenario: 'start-trace' });
    const shares: Told[] = [];
    for (const group of starts) {
      const image = evidence.run.images.find(({ name }) => name === group.group.image);
      const read = [BASE, ...OTHERS]
        .map((arm) => evidence.count(group, arm, 'startTouchedBytes')?.most)
        .find((bytes) => bytes !== undefined);
      if (image === undefined || read === undefined || image.fileBytes === 0) continue;
      const what = `start of ${group.group.params['start'] ?? 'a program'}, bytes read ÷ bytes of ${image.name}`;
      const value = read / image.fileBytes;
      if (!shares.some((one) => one.what === what))
        shares.push({ what, metric: 'readRatio', value, interval: null, published: '0.064' });
    }
    const beside = BESIDE.flatMap(([scenario, metric]) =>
      OTHERS.flatMap((arm) => {
        const group = largestWith(evidence, { scenario }, [arm, BASE], metric);
        if (group === null) return [];
        const ratio = evidence.ratio(group, arm, BASE, metric);
        return told(`${scenario}, cold, ${arm} ÷ ${BASE} on ${group.group.image}`, 'timeRatio', ratio);
      }),
    );
    const numbers = [...shares, ...beside];
    if (shares.length === 0)
      return unmeasured(evidence, ['start-trace'], 'cfsbench run --scenarios start-trace', numbers);
    const most = Math.max(...shares.map(({ value }) => value));
    return most <= LARGE
      ? {
          verdict: 'supported',
          because: 'every recorded start reads a small part of its image',
          told: numbers,
        }
      : { verdict: 'not supported', because: 'a recorded start reads more than 12.8 %', told: numbers };
  },
};
