// The first chart of the page: times until an image is ready and until it is gone, by what was local, and times of listings. The same
// sums as in the finding.
import type { Design } from '../../results/compare/phase-of.ts';
import type { Row } from '../../results/compare/rows.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import type { ForestQuantity, ForestView } from '../view-charts.ts';
import type { ArmView } from '../view-tables.ts';
import { groupBy } from './group-by.ts';
import { firstCompared, type SumPattern } from './sums.ts';

interface ForestPattern {
  readonly id: string;
  /** What was local, or what is done. */
  readonly state: string;
  readonly what: string;
  /** The first that compares arms is taken, else the first that the run has. */
  readonly ways: readonly SumPattern[];
}

const UP = { nothing: ['ingest', 'create', 'mount'], files: ['create', 'mount'], image: ['mount'] };
const DOWN = {
  nothing: ['unmount', 'settle', 'destroy', 'collect'],
  files: ['unmount', 'settle', 'destroy'],
  image: ['unmount', 'settle'],
};

/** Parameters of `churn` by what was local; older runs have `store=full` or `empty`. */
const STATES = [
  ['image', 'Image set up', [{ local: 'image' }]],
  ['files', 'All files local', [{ local: 'files' }, { store: 'full' }]],
  [
    'nothing',
    'Nothing local',
    [
      { local: 'nothing', ingest: 'digested' },
      { local: 'nothing', ingest: 'trusted' },
      { local: 'nothing' },
      { store: 'empty' },
    ],
  ],
] as const;

const PATTERNS: readonly ForestPattern[] = [
  ...STATES.flatMap(([id, state, params]) =>
    [UP[id], DOWN[id]].map((phases, index) => ({
      id: `${id}-${index === 0 ? 'up' : 'down'}`,
      state,
      what: phases.join(' + '),
      ways: params.map((one) => ({
        scenario: 'churn',
        params: one,
        metrics: phases.map((phase) => `${phase}WallNs`),
      })),
    })),
  ),
  ...['cold', 'warm'].map((caches) => ({
    id: `walk-${caches}`,
    state: 'Listing every entry',
    what: `${caches} caches`,
    ways: [{ scenario: `walk-${caches}`, params: {}, metrics: ['walkWallNs'] }],
  })),
];

const quantityOf = (
  { id, state, what }: ForestPattern,
  { cells }: Row,
  arms: readonly ArmView[],
): ForestQuantity | null => {
  const cellOf = (role: ArmView['role']) =>
    cells.find(({ arm }) => arms.some((one) => one.id === arm && one.role === role));
  const rows = arms.flatMap(({ id: name, role }, arm) => {
    const cell = role === 'arm' ? cells.find((one) => one.arm === name) : undefined;
    return cell === undefined || cell.versus === null
      ? []
      : [{ arm, median: cell.median, versus: cell.versus }];
  });
  const baseline = cellOf('baseline');
  if (baseline === undefined || rows.length === 0) return null;
  return {
    id,
    state,
    what,
    baseline: baseline.median,
    again: cellOf('null')?.versus?.ratio ?? null,
    rows: rows.map(({ arm, median, versus: { ratio, verdict, floor, detectable } }) => ({
      arm,
      median,
      versus: { ratio, verdict, floor, detectable },
    })),
  };
};

/** One per image with such rows; those with the most come first. */
export const forestsOf = (
  groups: readonly GroupData[],
  arms: readonly ArmView[],
  design: Design,
): readonly ForestView[] =>
  [...groupBy(groups, ({ group }) => group.image)]
    .flatMap(([image, own]) => {
      const quantities = PATTERNS.flatMap((pattern) => {
        const row = firstCompared(pattern.ways, own, design)?.row;
        const quantity = row === undefined ? null : quantityOf(pattern, row, arms);
        return quantity === null ? [] : [quantity];
      });
      return quantities.length === 0 ? [] : [{ image, quantities }];
    })
    .sort((a, b) => b.quantities.length - a.quantities.length);
