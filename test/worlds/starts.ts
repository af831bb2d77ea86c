// Worlds of the claim about recorded starts: C9.
import type { MadeGroup } from '../report/claims/journal.ts';
import { counted, countedWorld, oddPass } from './counted.ts';
import { LARGE } from './large.ts';
import type { ClaimWorlds } from './world.ts';

const FILE_BYTES = LARGE.fileBytes;

const starts = (shares: readonly (number | readonly number[])[]): readonly MadeGroup[] =>
  shares.map((share, i) => {
    const bytes = (part: number): number => Math.round(part * FILE_BYTES);
    const startTouchedBytes = typeof share === 'number' ? bytes(share) : share.map(bytes);
    return counted(
      'start-trace',
      Object.fromEntries(
        ['erofs-overlay', 'composefs-fuse', 'unpacked-overlay'].map((arm) => [arm, { startTouchedBytes }]),
      ),
      { start: `start-${i}` },
    );
  });

const touching: ClaimWorlds = {
  id: 'C9',
  kind: 'counts',
  margin:
    'True: 6.4 % as published and 3 %. False: every start reads a quarter of its image or more. Line: one reads 6.4 % and another 25 %, or passes of one read 10 and 16 %, on both sides of twice what was published.',
  worlds: [
    countedWorld('true', 'starts read 3 and 6.4 %', () => starts([0.03, 0.064])),
    countedWorld('line', 'one start reads 6.4 %, another 25 %', () => starts([0.064, 0.25])),
    countedWorld('line', 'passes of one start from 10 to 16 %', (noise) =>
      starts([0.064, oddPass(noise, 0.1, 0.16)]),
    ),
    countedWorld('false', 'starts read 25 and 40 %', () => starts([0.25, 0.4])),
  ],
};

export const startWorlds: readonly ClaimWorlds[] = [touching];
