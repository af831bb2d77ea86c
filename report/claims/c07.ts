// What an overlay adds to the kernel's memory for the same metadata, once all of it was listed.
import type { Claim, Told } from './claim.ts';
import { largestWith, MORE_BLOCKS, told, unmeasured } from './ratios.ts';

const STACKED = 'erofs-overlay';
const ALONE = 'erofs-only';
const METRIC = 'slabObjectBytes';
const LEAST = 2;

export const claim: Claim = {
  id: 'C7',
  text: 'Overlayfs doubles to triples the kernel memory that a listed image takes.',
  by: 'Alexander Larsson, 3 March 2023 (130 against 45 MB; 87 MB with lazy lookup); Giuseppe Scrivano, 25 January 2023',
  scenarios: ['memory'],
  rule: 'Bytes of slab objects added by the mount and a cold listing, erofs-overlay ÷ erofs-only. Supported: the interval lies at 2 or above. Not supported: it lies below 2. Undecided: it holds 2.',
  objection: 'The published figures are the peak of a control group, which holds page cache as well.',
  answer:
    'The claim is about the kernel, so the slab decides; page cache stands beside it in the scenario’s table. Lazy lookup is in this kernel: objects are not looked up.',
  judge(evidence) {
    const arms = [STACKED, ALONE];
    const group = largestWith(evidence, { scenario: 'memory' }, arms, METRIC);
    if (group === null) return unmeasured(evidence, [...arms, 'memory'], 'cfsbench run --scenarios memory');
    const ratio = evidence.ratio(group, STACKED, ALONE, METRIC);
    const numbers: Told[] = [
      ...told(
        `memory, slab objects, ${STACKED} ÷ ${ALONE} on ${group.group.image}`,
        'slabObjectRatio',
        ratio,
        { published: '2.9 (T2, memory.peak 130 ÷ 45 MB), 1.9 with lazy lookup (87 ÷ 46 MB)' },
      ),
      ...arms.flatMap((arm) =>
        told(
          `${arm}: slab objects per entry`,
          'slabPerEntryBytes',
          evidence.median(group, arm, 'slabPerEntryBytes'),
        ),
      ),
    ];
    if (ratio.kind === 'tooFew')
      return { verdict: 'undecided', because: 'too few blocks', wouldDecide: MORE_BLOCKS, told: numbers };
    if (ratio.lo >= LEAST)
      return { verdict: 'supported', because: 'an overlay at least doubles it', told: numbers };
    if (ratio.hi < LEAST)
      return { verdict: 'not supported', because: 'an overlay adds less than as much again', told: numbers };
    return {
      verdict: 'undecided',
      because: 'the interval holds both doubling and less',
      wouldDecide: MORE_BLOCKS,
      told: numbers,
    };
  },
};
