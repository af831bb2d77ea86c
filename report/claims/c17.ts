// The same warm walk with what EROFS can leave out: looking for access control lists, and searching for absent attributes.
import type { Claim } from './claim.ts';
import { MORE_BLOCKS, steadiestWith, told, unmeasured, whereIn } from './ratios.ts';

const METRIC = 'walkWallNs';
const [NEITHER, FILTER, BOTH] = ['erofs-overlay-no-filter', 'erofs-overlay', 'erofs-overlay-noacl'] as const;
const EFFECT = 1.05;

export const claim: Claim = {
  id: 'C17',
  text: 'The filter of extended attributes and the mount option noacl explain the warm gap.',
  by: 'Gao Xiang; figures of July 2023 (read as an excerpt): 264 ms warm without either, 254 with the filter, 206 with both',
  scenarios: ['walk-warm'],
  rule: 'Warm walk without filter and with ACLs ÷ with filter and without ACLs, block by block. Supported: at least 5 % slower, the whole interval. Not supported: less than 5 %, the whole interval.',
  objection:
    'Images with access control lists need them; and a manifest with filters is not the one from then.',
  answer:
    'Such images are skipped on erofs-overlay-noacl. Both manifests are the same bytes but for the bit that announces the filters.',
  judge(evidence) {
    const arms = [NEITHER, FILTER, BOTH];
    const group = steadiestWith(evidence, { scenario: 'walk-warm' }, arms, METRIC);
    if (group === null) return unmeasured(evidence, arms, 'cfsbench run --scenarios walk-warm');
    const { image } = group.group;
    const ratio = (arm: string, base: string) => evidence.ratio(group, arm, base, METRIC);
    const both = ratio(NEITHER, BOTH);
    const numbers = [
      ...told(`walk-warm on ${image}${whereIn(group)}, neither ÷ both`, 'walkRatio', both, {
        published: '1.28 (T7, 264 ÷ 206 ms)',
      }),
      ...told(
        `walk-warm on ${image}${whereIn(group)}, without ÷ with the filter`,
        'walkRatio',
        ratio(NEITHER, FILTER),
        {
          published: '1.04 (T7, 264 ÷ 254 ms)',
        },
      ),
      ...told(
        `walk-warm on ${image}${whereIn(group)}, with ÷ without ACLs`,
        'walkRatio',
        ratio(FILTER, BOTH),
        {
          published: '1.23 (T7, 254 ÷ 206 ms)',
        },
      ),
    ];
    if (both.kind === 'interval' && both.lo >= EFFECT)
      return { verdict: 'supported', because: 'together they save time', told: numbers };
    if (both.kind === 'interval' && both.hi < EFFECT)
      return {
        verdict: 'not supported',
        because: 'together they save less than 5 % of a warm walk here',
        told: numbers,
      };
    return {
      verdict: 'undecided',
      because: both.kind === 'tooFew' ? 'too few blocks' : 'whether it is 5 % cannot be told',
      wouldDecide: MORE_BLOCKS,
      told: numbers,
    };
  },
};
