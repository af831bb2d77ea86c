// Worlds of the claim about images that come and go all the time: C21.
import { RATES } from '../../scenarios/ladder.ts';
import type { Series } from '../report/claims/journal.ts';
import { onLarge } from './large.ts';
import { noisy, type RunNoise } from './noise.ts';
import type { ClaimWorld, ClaimWorlds, Truth } from './world.ts';

const [LOWEST, HIGHEST] = [RATES[0]!, RATES.at(-1)!];
/** What a manifest backend sustains. */
const MANIFEST_PER_SECOND = 1500;

/** The rung of each block for a true rate with the noise of slots; undefined, i.e. absent, below the ladder. */
const climbed = (noise: RunNoise, perSecond: number): Series => {
  const rungs = noisy(noise, perSecond).map((rate) =>
    rate < LOWEST ? undefined : Math.min(2 ** Math.floor(Math.log2(rate)), HIGHEST),
  );
  return {
    below50MsCount: rungs.map((rung) => Number(rung === undefined)),
    sustained50MsPerSecond: rungs as readonly number[],
  };
};

const rates = (truth: Truth, share: number, manifest = MANIFEST_PER_SECOND): ClaimWorld => ({
  truth,
  what: `a checkout sustains ${share} of the ${manifest} images per second of a manifest`,
  journal: (noise) =>
    onLarge([
      {
        scenario: 'serverless-open',
        params: { local: 'files', workers: 16 },
        time: {
          'erofs-overlay': climbed(noise, manifest),
          'composefs-fuse': climbed(noise, manifest),
          'hardlink-checkout': climbed(noise, manifest * share),
          'reflink-checkout': climbed(noise, manifest * share),
        },
      },
    ]),
});

export const livesWorlds: readonly ClaimWorlds[] = [
  {
    id: 'C21',
    kind: 'times',
    margin:
      'True: a fiftieth, what one life after another suggests. False: half, which no user calls unbearable. Line: a tenth, the bound, at several places of the ladder; and rates outside of the ladder, which nobody saw.',
    worlds: [
      rates('true', 0.02),
      rates('true', 0.004),
      rates('line', 0.1),
      rates('line', 0.1, 1100),
      rates('line', 0.1, 2000),
      rates('line', 0.05, 50_000),
      rates('line', 0.5, 5),
      rates('false', 0.5),
      rates('false', 1),
    ],
  },
];
