// What a process beside it notices of the removal of an image, on file systems whose journal and discard are known.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Interval } from '../../results/stats/interval.ts';
import { type Answer, agreedOn, READ_BOTH, splitText } from './agree.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figures, MORE_BLOCKS, unmeasured } from './ratios.ts';

const SCENARIO = 'cleanup';
/** The complaints are about layers of files. */
const LAYERS = 'unpacked-overlay';
/** Removes as many objects, by a collection. */
const OBJECTS = 'erofs-overlay';
const RATIO = 'neighbourSlowdownRatio';
/**
 * 30 % longer. 10 % stood here before: so little can be told from nothing on none of six places at once, and in worlds where nothing
 * is slower the rule stayed open. The higher bound makes support harder, never easier.
 */
const FELT = 1.3;
const FELT_TEXT = `${Math.round((FELT - 1) * 100)} %`;
/** As a removal finds an image that was just used, and as a tool leaves it that wants it gone. The other ways are shown. */
const DECIDING = { caches: 'warm', durable: 'yes' } as const;
/** A journal is what a neighbour's fsync has to wait for: one file system alone is a property of that file system. */
const JOURNALLED = ['ext4', 'xfs'] as const;

const onOf = ({ group }: GroupData): string => String(group.params['on']);

/** As the run describes itself. */
const workText = ({ run }: Evidence): string => {
  const { type, options } = run.environment.workFileSystem;
  const known = run.conditions?.judged.map(({ id }) => id) ?? [];
  const journal = known.includes('no-journal') ? 'without a journal' : 'as it is mounted';
  return `work folder: ${type} ${journal}, ${/(^|,)discard/.test(options) ? 'discard' : 'no discard'}`;
};

const placeOf = (evidence: Evidence, group: GroupData, arm: string): string => {
  const { image, params } = group.group;
  const is = (metric: string): boolean | null => {
    const count = evidence.count(group, arm, metric);
    return count === null ? null : count.most > 0;
  };
  const [journal, discard] = [is('journalCount'), is('discardCount')];
  const where =
    journal === null || discard === null
      ? workText(evidence)
      : `${onOf(group)} ${journal ? 'with' : 'without'} a journal, ${discard ? 'discard' : 'no discard'}, on a loop file`;
  return `${image}, ${where}, caches ${params['caches']}${params['durable'] === 'yes' ? ', with syncfs' : ''}`;
};

const figuresOf = (evidence: Evidence, group: GroupData): readonly Figure[] =>
  [LAYERS, OBJECTS].flatMap((arm) => [
    ...figures(
      `${arm}: neighbour’s file with fsync, median during removal ÷ alone (${placeOf(evidence, group, arm)})`,
      RATIO,
      evidence.median(group, arm, RATIO),
      arm === LAYERS ? {} : { standIn: true },
    ),
    ...figures(
      `${arm}: how long the removal takes (${placeOf(evidence, group, arm)})`,
      'cleanupWallNs',
      evidence.median(group, arm, 'cleanupWallNs'),
      { standIn: true },
    ),
  ]);

const answerOf = (interval: Interval): Answer => {
  if (interval.kind === 'tooFew') return 'unclear';
  return interval.lo > FELT ? 'yes' : interval.hi < FELT ? 'no' : 'unclear';
};

const isDeciding = ({ group }: GroupData): boolean =>
  Object.entries(DECIDING).every(([key, value]) => group.params[key] === value);

/** What the removal of as many objects does to the same neighbour. */
const objectsText = (evidence: Evidence, groups: readonly GroupData[]): string => {
  const answers = groups.map((group) => answerOf(evidence.median(group, OBJECTS, RATIO)));
  if (answers.length === 0 || answers.includes('unclear'))
    return 'whether collecting as many objects does the same cannot be told';
  if (answers.every((answer) => answer === 'yes')) return 'collecting as many objects does the same';
  return answers.every((answer) => answer === 'no')
    ? 'collecting as many objects does not'
    : 'collecting as many objects does the same on some of them';
};

const judge = (evidence: Evidence): Judgement => {
  const all = evidence
    .groups({ scenario: SCENARIO })
    .filter((group) => evidence.values(group, LAYERS, RATIO).size > 0);
  const deciding = all.filter(isDeciding);
  const found = deciding.map((group) => ({ group, answer: answerOf(evidence.median(group, LAYERS, RATIO)) }));
  const agreed = agreedOn(found);
  const first = agreed.kind === 'all' ? agreed.answer : 'unclear';
  const isLater = (group: GroupData): number =>
    isDeciding(group) ? Number(found.find((one) => one.group === group)?.answer !== first) : 2;
  const numbers = [...all]
    .sort((a, b) => isLater(a) - isLater(b))
    .flatMap((group) => figuresOf(evidence, group));
  if (agreed.kind === 'none')
    return unmeasured(evidence, [SCENARIO, LAYERS], `cfsbench run --scenarios ${SCENARIO}`, numbers);
  if (agreed.kind === 'split')
    return {
      verdict: 'undecided',
      because: splitText(agreed.yes, agreed.no),
      wouldDecide: READ_BOTH,
      figures: numbers,
    };
  if (agreed.kind === 'unclear')
    return {
      verdict: 'undecided',
      because: found.some(({ group }) => evidence.median(group, LAYERS, RATIO).kind === 'interval')
        ? `whether a neighbour takes ${FELT_TEXT} longer cannot be told on ${agreed.where}`
        : 'too few blocks',
      wouldDecide: MORE_BLOCKS,
      figures: numbers,
    };
  const missing = JOURNALLED.filter((on) => !deciding.some((group) => onOf(group) === on));
  if (missing.length > 0)
    return {
      verdict: 'undecided',
      because: `not measured on ${missing.join(' and ')} with a journal: ${agreed.answer} where it was`,
      wouldDecide: `cfsbench run --scenarios ${SCENARIO} as root, with mkfs.ext4 and mkfs.xfs installed`,
      figures: numbers,
    };
  const beside = objectsText(evidence, deciding);
  return agreed.answer === 'yes'
    ? {
        verdict: 'supported',
        because: `a neighbour’s files take longer while layers are removed, on every file system; ${beside}`,
        figures: numbers,
      }
    : {
        verdict: 'not supported',
        because: `a neighbour’s files take no more than ${FELT_TEXT} longer while layers are removed, on any file system; ${beside}`,
        figures: numbers,
      };
};

export const claim: Claim = {
  id: 'C20',
  text: 'While an image is removed, others on the machine wait.',
  by: [
    {
      who: 'podman issue 29109',
      when: null,
      where: {
        kind: 'page',
        name: 'podman #29109',
        url: 'https://github.com/containers/podman/issues/29109',
      },
      said: '82,911 calls of unlinkat are 34.5 of 35.2 s',
    },
    {
      who: 'podman issue 13204',
      when: null,
      where: {
        kind: 'page',
        name: 'podman #13204',
        url: 'https://github.com/containers/podman/issues/13204',
      },
      said: 'rmi takes 11 minutes',
    },
    {
      who: 'containerd issue 11021',
      when: null,
      where: {
        kind: 'page',
        name: 'containerd #11021',
        url: 'https://github.com/containerd/containerd/issues/11021',
      },
      said: 'garbage collection holds a lock until creates time out',
    },
  ],
  scenarios: [SCENARIO],
  rule: `A neighbour creates, writes and fsyncs files of 4 KiB on the file system from which an image is removed that was just used (caches warm, a syncfs at the end). Its median during the removal is divided by its median just before and just after, in each block, on ext4 and on XFS made for the purpose (with a journal, without discard) and on the work folder as it is. Supported when the whole interval lies above ${FELT} for unpacked layers on every file system and image, both journalled ones among them. Not supported when it lies below on all. Undecided otherwise; where two disagree both are shown. The removal of as many objects by a collection is judged beside, in words.`,
  objection:
    'The issues are about locks that a runtime holds and about how long it waits for unlinkat; none of them speaks of a neighbour’s fsync.',
  answer:
    'No runtime is part of this run, so its locks are not. How long a removal takes stands beside each ratio; what the file system makes others wait is the part that is left when the runtime’s locks are gone. File system, journal and discard stand with each number.',
  judge,
};
