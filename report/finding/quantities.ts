// The times that the finding is about, and the rows that hold them. Pure.
import { COMMAND_START, type Design } from '../../results/compare/phase-of.ts';
import { type Row, rowOf } from '../../results/compare/rows.ts';
import { type GroupData, paramsKey } from '../../results/compare/tally.ts';
import { own } from '../../results/own.ts';
import { firstCompared, type SumPattern } from '../analysis/sums.ts';

export interface Quantity {
  /** Up to the time: `the image IMAGE, all files local, is ready (created and mounted)`. */
  readonly lead: string;
  /** Between the lead and the time: `in`, `takes` or nothing. */
  readonly verb: string;
  readonly row: Row;
  readonly baseline: string;
  /** Work that a reader could expect in this time and that is not in it. */
  readonly excludes: readonly string[];
}

interface QuantityPattern extends SumPattern {
  readonly verb: string;
  /** Null: the image of the quantity before. */
  readonly lead: (image: string | null) => string;
  readonly excludes?: readonly string[];
}

/** Each list is one quantity, in several ways to measure it; the first that compares arms is taken, else the first that the run has. */
const QUANTITIES: readonly (readonly QuantityPattern[])[] = [
  [
    {
      scenario: 'churn',
      params: { local: 'files' },
      metrics: ['createWallNs', 'mountWallNs'],
      verb: 'in',
      lead: (image) =>
        `The image ${image}, all files local but not set up, is ready (created and mounted; layers are unpacked from local tars)`,
      excludes: ['starting a program'],
    },
    {
      scenario: 'churn',
      params: { local: 'image' },
      metrics: ['mountWallNs'],
      verb: 'in',
      lead: (image) => `The image ${image}, already set up, is mounted`,
      excludes: ['setting the image up', 'starting a program', 'removing the image'],
    },
  ],
  [
    {
      scenario: 'churn',
      params: { local: 'files' },
      metrics: ['unmountWallNs', 'settleWallNs', 'destroyWallNs'],
      verb: 'takes',
      lead: (image) => `Removing ${image ?? 'it'} again (unmount to destroy)`,
    },
  ],
  [
    ...['digested', 'trusted'].map(
      (ingest): QuantityPattern => ({
        scenario: 'churn',
        params: { local: 'nothing', ingest },
        metrics: ['ingestWallNs', 'createWallNs'],
        verb: 'takes',
        lead: (image) =>
          `Bringing ${image ?? 'it'} in after the download (ingest and create, ${ingest === 'digested' ? 'digests computed' : 'contents trusted'})`,
      }),
    ),
  ],
  [
    {
      scenario: 'walk-cold',
      params: {},
      metrics: ['walkWallNs'],
      verb: 'takes',
      lead: (image) => `Listing every entry${image === null ? '' : ` of ${image}`} with cold caches`,
    },
    {
      scenario: 'walk-warm',
      params: {},
      metrics: ['walkWallNs'],
      verb: 'takes',
      lead: (image) => `Listing every entry${image === null ? '' : ` of ${image}`} with warm caches`,
    },
  ],
];

/** A scenario with a section of its own is no part of the first table. */
const isFirst = ({ group }: GroupData, { catalogue }: Design): boolean =>
  own(catalogue.scenarios, group.scenario)?.ownSection !== true;

/** The rate of the first scenario, else its last headline metric; for runs that lack the usual scenarios. */
const fallbackQuantity = (groups: readonly GroupData[], design: Design): readonly Quantity[] => {
  for (const group of groups) {
    const { scenario, params, image } = group.group;
    const rows = (own(design.catalogue.scenarios, scenario)?.headline ?? []).flatMap((metric) => {
      const row = metric === COMMAND_START ? null : rowOf(group, metric, design);
      return row?.cells.some(({ arm }) => arm === design.baseline) ? [row] : [];
    });
    const row = rows.find(({ info }) => info.better === 'higher') ?? rows.at(-1);
    if (row === undefined) continue;
    const where = [scenario, paramsKey(params), image].filter((part) => part !== '').join(', ');
    const title = `${row.info.title.charAt(0).toUpperCase()}${row.info.title.slice(1)}`;
    return [{ lead: `${title} (${where}):`, verb: '', row, baseline: design.baseline, excludes: [] }];
  }
  return [];
};

/** `groups`: in the order of the report. */
export const quantitiesOf = (groups: readonly GroupData[], design: Design): readonly Quantity[] => {
  const first = groups.filter((group) => isFirst(group, design));
  let before: string | null = null;
  const usual = QUANTITIES.flatMap((ways): readonly Quantity[] => {
    const found = firstCompared(ways, first, design);
    if (found === null) return [];
    const { way, row } = found;
    const { image } = row.group;
    const named = image === before ? null : image;
    before = image;
    const { lead, verb, excludes = [] } = way;
    return [{ lead: lead(named), verb, row, baseline: design.baseline, excludes }];
  });
  return usual.length > 0 ? usual : fallbackQuantity(first, design);
};
