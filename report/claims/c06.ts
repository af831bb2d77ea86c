// What an overlay costs on top of the same metadata, warm, for so many entries as the published image had.
import type { Claim, Told } from './claim.ts';
import { orderOf } from './order.ts';
import { MORE_BLOCKS, perBlock, steadiestWith, told, unmeasured, whereIn } from './ratios.ts';

const METRIC = 'walkWallNs';
/** Those of table T2 that can exist on a kernel of today. */
const ROWS = ['plain-directory', 'erofs-only', 'erofs-overlay'];
/** Of cs9-developer. */
const ENTRIES = 64_246;
const MS = 1e6;
/** Another machine may be half or twice as fast. */
const LEAST_NS = 50 * MS;
const MOST_NS = 280 * MS;

export const claim: Claim = {
  id: 'C6',
  text: 'Stacking overlayfs on EROFS costs about 100 to 140 ms for each 64,000 entries of a warm listing.',
  by: 'Alexander Larsson, 3 March 2023 (530 against 391 ms; 515 against 401), Jingbo Xu, February 2023 (286 against 188)',
  scenarios: ['walk-warm'],
  rule: 'The warm walk of erofs-overlay minus that of erofs-only, block by block, for each entry times 64,246. Supported: the interval lies above zero and its centre between 50 and 280 ms, the published range with a factor of two for another machine. Not supported: the whole interval lies outside of 50 to 280 ms.',
  objection:
    'EROFS alone shows the 256 whiteouts that hide the store, so it lists more; and the machine is not theirs.',
  answer:
    'The manifest of erofs-only is written without them, and both mounts are proved to show the same names and attributes. The ratio stands beside the difference.',
  judge(evidence) {
    const arms = ['erofs-overlay', 'erofs-only'];
    const group = steadiestWith(evidence, { scenario: 'walk-warm' }, arms, METRIC);
    if (group === null) return unmeasured(evidence, arms, 'cfsbench run --scenarios walk-warm');
    const { image } = group.group;
    const entries = evidence.run.images.find(({ name }) => name === image)?.entryCount ?? 0;
    const stacked = evidence.values(group, 'erofs-overlay', METRIC);
    const alone = evidence.values(group, 'erofs-only', METRIC);
    const cost = perBlock(stacked, alone, (a, b) => ((a - b) / entries) * ENTRIES);
    const numbers: Told[] = [
      ...told(
        `walk-warm, erofs-overlay − erofs-only on ${image}${whereIn(group)}, for 64,246 entries`,
        'stackingNs',
        cost,
        {
          published: '139 and 114 ms (T2), 98 ms (T5)',
        },
      ),
      ...told(
        `walk-warm, erofs-overlay ÷ erofs-only on ${image}${whereIn(group)}`,
        'walkRatio',
        evidence.ratio(group, 'erofs-overlay', 'erofs-only', METRIC),
        { published: '1.36 and 1.28 (T2), 1.52 (T5)' },
      ),
    ];
    const order = orderOf(evidence, group, ROWS, METRIC);
    numbers.push(...(order?.told ?? []).filter(({ what }) => numbers.every((one) => one.what !== what)));
    const found =
      order === null
        ? ''
        : `; T2’s rows warm, fastest first${order.decided ? '' : ' (~: undecided)'}: ${order.text}`;
    if (cost.kind === 'tooFew' || entries === 0)
      return { verdict: 'undecided', because: 'too few blocks', wouldDecide: MORE_BLOCKS, told: numbers };
    if (cost.hi < LEAST_NS)
      return {
        verdict: 'not supported',
        because: `stacking costs less than 50 ms here${found}`,
        told: numbers,
      };
    if (cost.lo > MOST_NS)
      return {
        verdict: 'not supported',
        because: `stacking costs more than 280 ms here${found}`,
        told: numbers,
      };
    if (cost.lo > 0 && cost.center >= LEAST_NS && cost.center <= MOST_NS)
      return {
        verdict: 'supported',
        because: `stacking costs time of that order here${found}`,
        told: numbers,
      };
    return {
      verdict: 'undecided',
      because: `the interval reaches from inside the range to no cost at all, or beyond it${found}`,
      wouldDecide: MORE_BLOCKS,
      told: numbers,
    };
  },
};
