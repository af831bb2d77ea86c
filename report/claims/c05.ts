// The module was never merged, so there is no answer; what remains of the gap beside today's EROFS is shown as a stand-in.
import type { Claim } from './claim.ts';
import { steadiestWith, told } from './ratios.ts';

const METRIC = 'walkWallNs';
const PUBLISHED = 2.6;

export const claim: Claim = {
  id: 'C5',
  text: 'Listing everything cold is 2.6 times as fast on the composefs kernel module as on sparse EROFS with overlayfs.',
  by: 'Alexander Larsson, 24 January to 3 March 2023 (681 against 1788 ms); he found it gone with lazy lookup, which came with Linux 6.5',
  scenarios: ['walk-cold'],
  rule: 'Never answered: the module was never merged. Stand-ins are the cold walk of erofs-overlay against the metadata alone (erofs-only, which published tables show as fast as the module) and against composefs-fuse.',
  objection: 'EROFS alone is not the module, and has no contents.',
  answer:
    'Hence it is a stand-in and no verdict: it bounds what a file system of its own could save over the stack today.',
  judge(evidence) {
    const because = 'the composefs kernel module was never merged';
    const standIn = (base: string, published?: string) => {
      const group = steadiestWith(evidence, { scenario: 'walk-cold' }, ['erofs-overlay', base], METRIC);
      if (group === null) return [];
      const more = { standIn: true, ...(published === undefined ? {} : { published }) };
      const ratio = evidence.ratio(group, 'erofs-overlay', base, METRIC);
      return told(`walk-cold, erofs-overlay ÷ ${base} on ${group.group.image}`, 'walkRatio', ratio, more);
    };
    const alone = standIn(
      'erofs-only',
      '2.6 (T2, 1827 ÷ 700 ms, before lazy lookup; 1.5 with it, 1063 ÷ 715 ms)',
    );
    const rest = alone[0]?.interval;
    const today =
      rest?.kind !== 'interval'
        ? ''
        : rest.hi < PUBLISHED
          ? '; beside metadata alone the factor of 2.6 is gone here'
          : rest.lo > PUBLISHED
            ? '; beside metadata alone the factor is more than 2.6 here'
            : '; beside metadata alone a factor of 2.6 cannot be excluded here';
    return {
      verdict: 'not testable',
      because: because + today,
      told: [...alone, ...standIn('composefs-fuse')],
    };
  },
};
