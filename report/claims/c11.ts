// Page cache and time of a manifest below EROFS: through a buffered loop device, a direct one, and from its file.
import type { Claim, Judged } from './claim.ts';
import { MORE_BLOCKS, steadiestWith, told, unmeasured, whereIn } from './ratios.ts';

const [FILE, LOOP, DIRECT] = ['erofs-overlay', 'erofs-overlay-loop', 'erofs-overlay-loop-dio'] as const;
const TWICE = 1.8;
const NOT_TWICE = 1.2;
const SAME = 1.05;

export const claim: Claim = {
  id: 'C11',
  text: 'A loop device caches a manifest twice; direct I/O avoids that and is slower.',
  by: 'Alexander Larsson, 3 March 2023 (cold 2156 instead of 1827 ms); disputed in the thread',
  scenarios: ['walk-cold'],
  rule: 'After a cold walk: bytes of the page cache of the manifest’s file and of the loop device together, against those of a mount of the file itself. Supported: at least 1.8 times as much over the buffered loop device, none of the file’s pages over the direct one, and the direct one is slower than the buffered one. Not supported: any of the three is refuted (below 1.2 times, pages in the file, at most 5 % slower).',
  objection: 'A mount from the file needs no loop device at all.',
  answer: 'It stands beside both: it caches once and has readahead.',
  judge(evidence): Judged {
    const arms = [FILE, LOOP, DIRECT];
    const group = steadiestWith(evidence, { scenario: 'walk-cold' }, arms, 'walkWallNs');
    if (group === null) return unmeasured(evidence, arms, 'cfsbench run --scenarios walk-cold');
    const { image } = group.group;
    const bytes = (arm: string, metric: string): number | null =>
      evidence.count(group, arm, metric)?.most ?? null;
    const once = bytes(FILE, 'metadataCachedBytes');
    const twice = bytes(LOOP, 'metadataCachedBytes');
    const inFile = bytes(DIRECT, 'manifestCachedBytes');
    const time = evidence.ratio(group, DIRECT, LOOP, 'walkWallNs');
    if (once === null || twice === null || inFile === null || once === 0)
      return {
        verdict: 'not testable',
        because: 'the kernel does not tell what of a block device is cached (cachestat, Linux 6.5)',
        told: [],
      };
    const cached = (what: string, metric: string, value: number) =>
      ({
        what: `page cache after walk-cold on ${image}${whereIn(group)}, ${what}`,
        metric,
        value,
        interval: null,
      }) as const;
    const numbers = [
      cached(`${FILE}`, 'metadataCachedBytes', once),
      cached(`${LOOP}`, 'metadataCachedBytes', twice),
      cached(`${DIRECT}, of the file`, 'manifestCachedBytes', inFile),
      ...told(`walk-cold, ${DIRECT} ÷ ${LOOP} on ${image}${whereIn(group)}`, 'walkRatio', time, {
        published: '1.18 and 1.28 (T2), 1.37 (T5)',
      }),
      ...told(
        `walk-cold, ${LOOP} ÷ ${FILE} on ${image}${whereIn(group)}`,
        'walkRatio',
        evidence.ratio(group, LOOP, FILE, 'walkWallNs'),
      ),
    ];
    const refuted = [
      ...(twice / once < NOT_TWICE ? ['the buffered loop device does not cache twice'] : []),
      ...(inFile > 0 ? ['over the direct loop device the file is cached, too'] : []),
      ...(time.kind === 'interval' && time.hi < SAME ? ['direct I/O is not slower here'] : []),
    ];
    if (refuted.length > 0) return { verdict: 'not supported', because: refuted.join('; '), told: numbers };
    if (twice / once >= TWICE && time.kind === 'interval' && time.lo > 1)
      return { verdict: 'supported', because: 'cached twice, and direct I/O is slower', told: numbers };
    const because =
      twice / once < TWICE
        ? 'the buffered loop device caches more than once and less than twice'
        : 'cached twice and not in the file with direct I/O, but whether that is slower cannot be told';
    return { verdict: 'undecided', because, wouldDecide: MORE_BLOCKS, told: numbers };
  },
};
