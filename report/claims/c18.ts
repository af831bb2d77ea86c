// Every way of serving an image over FUSE that the run has, free and on one CPU, against the kernel's own file systems.
import type { Claim, Told } from './claim.ts';
import { type Known, largestWith, MORE_BLOCKS, told, unmeasured } from './ratios.ts';

const METRIC = 'walkWallNs';
const KERNEL = 'erofs-overlay';
const FUSE = /^composefs-fuse/;
/** A word, not a number, was published: one and a half times as long is no longer similar. */
const SIMILAR = 1.5;
const PLACEMENTS = ['free', 'same-cpu'] as const;

interface Measured {
  readonly scenario: string;
  readonly ratio: Known;
  readonly told: readonly Told[];
}

export const claim: Claim = {
  id: 'C18',
  text: 'For listing everything, composefs over FUSE is broadly similar to a kernel file system.',
  by: 'composefs issue 112 (read as an excerpt); no number was given anywhere',
  scenarios: ['walk-warm', 'walk-cold'],
  rule: 'Walk of composefs-fuse and its variants ÷ erofs-overlay, warm and cold, wherever they were placed; the best of each counts. Supported: at most 1.5 times as long, warm and cold, the whole interval. Not supported: warm or cold every one takes more than 1.5 times as long.',
  objection: 'Where the scheduler puts the server decides; another server might do better.',
  answer: 'Each way of serving and each placement that the run has is shown, and the best one is judged.',
  judge(evidence) {
    const found: Measured[] = [];
    for (const scenario of ['walk-warm', 'walk-cold'])
      for (const placement of PLACEMENTS)
        for (const arm of evidence.run.plan.arms.filter((id) => FUSE.test(id))) {
          const group = largestWith(evidence, { scenario, params: { placement } }, [arm, KERNEL], METRIC);
          if (group === null) continue;
          const ratio = evidence.ratio(group, arm, KERNEL, METRIC);
          if (ratio.kind === 'tooFew') continue;
          const where = placement === 'free' ? '' : ', on one CPU';
          const what = `${scenario}, ${arm} ÷ ${KERNEL} on ${group.group.image}${where}`;
          found.push({ scenario, ratio, told: told(what, 'walkRatio', ratio) });
        }
    const numbers = found.flatMap((one) => one.told);
    const of = (scenario: string) => found.filter((one) => one.scenario === scenario);
    const [warm, cold] = [of('walk-warm'), of('walk-cold')];
    if (warm.length === 0 || cold.length === 0)
      return unmeasured(
        evidence,
        ['composefs-fuse', KERNEL, 'walk-warm', 'walk-cold'],
        'cfsbench run --scenarios walk-warm,walk-cold --blocks 12',
        numbers,
      );
    const similar = (all: readonly Measured[]) => all.some(({ ratio }) => ratio.hi <= SIMILAR);
    const slower = (all: readonly Measured[]) => all.every(({ ratio }) => ratio.lo > SIMILAR);
    if (similar(warm) && similar(cold))
      return { verdict: 'supported', because: 'at most 1.5 times as long, warm and cold', told: numbers };
    if (slower(warm) || slower(cold)) {
      const when = [...(slower(warm) ? ['warm'] : []), ...(slower(cold) ? ['cold'] : [])].join(' and ');
      return { verdict: 'not supported', because: `more than 1.5 times as long ${when}`, told: numbers };
    }
    return {
      verdict: 'undecided',
      because: 'an interval holds 1.5 times as long',
      wouldDecide: MORE_BLOCKS,
      told: numbers,
    };
  },
};
