import { type Mutant, of } from './mutant.ts';

const test = (name: string): readonly string[] => [`report/claims/${name}`];

export const claims: readonly Mutant[] = [
  ...of('report/claims/evidence.ts', test('evidence'), [
    [
      'ratios upside down',
      'ratioOf(values(group, arm, metric), values(group, base, metric))',
      'ratioOf(values(group, base, metric), values(group, arm, metric))',
    ],
  ]),
  ...of(
    'report/claims/verdicts.ts',
    ['report/claims/verdicts'],
    [
      ['half an interval is above', "interval.lo > bound ? 'yes'", "interval.hi > bound ? 'yes'"],
      ['half an interval is below', "interval.hi < bound ? 'yes'", "interval.lo < bound ? 'yes'"],
      [
        'an interval may reach over a bound',
        'interval.lo >= least && interval.hi <= most',
        'interval.lo >= least || interval.hi <= most',
      ],
      [
        'too few blocks say no',
        "if (interval.kind === 'tooFew') return 'open';",
        "if (interval.kind === 'tooFew') return 'no';",
      ],
    ],
  ),
  ...of('report/claims/c01.ts', test('c01'), [
    [
      'most calls for a further file decide',
      'growth.least >= LEAST_PER_FILE',
      'growth.most >= LEAST_PER_FILE',
    ],
    ['a call for every second file', 'const LEAST_PER_FILE = 1', 'const LEAST_PER_FILE = 0.5'],
    [
      'a manifest may have a call for each file',
      "holds: most === 0 ? 'yes' : 'no'",
      "holds: most <= 1 ? 'yes' : 'no'",
    ],
  ]),
  ...of('report/claims/c02.ts', test('c02'), [
    ['mounts may grow with the files', 'const FLAT_POWER = 0.2', 'const FLAT_POWER = 2'],
    ['copies need not grow', 'const LEAST_POWER = 0.8', 'const LEAST_POWER = 0'],
    ['twice as long is near nothing', 'const LEAST_RATIO = 10', 'const LEAST_RATIO = 1'],
    ['small images decide', 'return files < ENOUGH_ENTRIES ?', 'return files < 1 ?'],
  ]),
  ...of('report/claims/c03.ts', test('c03'), [
    ['right link counts are wrong ones', 'wrong.most > 0', 'wrong.most >= 0'],
  ]),
  ...of('report/claims/c06.ts', test('c06'), [
    [
      'any cost is none',
      'const COSTS = shareOf(Math.min(...PUBLISHED.map(([ratio]) => ratio)), 1 / 2)',
      'const COSTS = 1.6',
    ],
    [
      'the walk of EROFS ÷ that of the overlay',
      'evidence.ratio(group, STACKED, ALONE, METRIC)',
      'evidence.ratio(group, ALONE, STACKED, METRIC)',
    ],
  ]),
  ...of('report/claims/c07.ts', test('c07'), [
    ['less than doubled is more than tripled', 'ratio.hi < LEAST', 'ratio.hi > LEAST'],
    ['once as much is double', 'const LEAST = 2', 'const LEAST = 1'],
  ]),
  ...of('report/claims/c08.ts', test('c08'), [
    ['a blind counter sees nothing', 'open.least < files.most', 'open.least < 0'],
    ['a few names are none', "if (walk.most === 0) return 'yes';", "if (walk.most < 9) return 'yes';"],
  ]),
  ...of('report/claims/c10.ts', test('c10'), [
    ['no gap has to be there', "if (isGap !== 'yes')", "if (isGap === 'open')"],
    [
      'what is left stands against the direct loop',
      'evidence.ratioOf(evidence.values(read, DIRECT, READ_FIRST), plain)',
      'evidence.ratioOf(evidence.values(read, DIRECT, READ_FIRST), evidence.values(cold, DIRECT, METRIC))',
    ],
  ]),
  ...of('report/claims/figures.ts', test('c11'), [
    ['passes need not be equal', '=> least === most;', '=> least <= most;'],
  ]),
  ...of('report/claims/c11.ts', test('c11'), [['once is twice', 'const TWICE = 1.8', 'const TWICE = 1']]),
  ...of('report/claims/c15.ts', test('c15'), [
    ['an image of one layer decides', 'const FEWEST_LAYERS = 2', 'const FEWEST_LAYERS = 1'],
  ]),
  ...of('report/claims/c18.ts', test('c18'), [
    ['three times as long is similar', 'const SIMILAR = 1.5', 'const SIMILAR = 3'],
    ['half an interval decides', 'best.ratio.hi <= SIMILAR', 'best.ratio.lo <= SIMILAR'],
  ]),
  ...of('report/claims/c19.ts', test('c19'), [
    ['a hundred unmounts say never', 'const ENOUGH = 3000', 'const ENOUGH = 100'],
    ['held once is not held', 'heldCount > 0', 'heldCount > 1'],
  ]),
  ...of('report/claims/c20.ts', test('c20'), [
    ['nothing is felt', 'const SLOWDOWN = 1.3', 'const SLOWDOWN = 1'],
  ]),
  ...of(
    'results/compare/verdict.ts',
    ['results/compare/verdict', 'results/compare/rows'],
    [
      ['more is worse, whatever is counted', "above === (better === 'lower')", 'above'],
      ['noise as large as the result is a result', 'Math.abs(Math.log(ratio.center)) > noise', 'true'],
      ['microseconds below the floor are results', 'const FLOOR_NS = 20_000', 'const FLOOR_NS = 20'],
      [
        'half an interval inside is the same',
        'ratio.lo >= lo && ratio.hi <= hi',
        'ratio.lo >= lo || ratio.hi <= hi',
      ],
    ],
  ),
  ...of(
    'results/compare/counts.ts',
    ['results/compare/counts'],
    [
      [
        'what a pass did not call is not zero',
        'values.length < ledgers.length ? Math.min(0, leastOf(values)) : leastOf(values)',
        'leastOf(values)',
      ],
    ],
  ),
];
