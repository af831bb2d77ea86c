// Whether listing a mount looks anything up in the object store below it.
import type { GroupData } from '../../results/compare/tally.ts';
import { type Answer, READ_BOTH, splitText, triedOn } from './agree.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { countFigures, missingReason } from './observed.ts';

const SCENARIO = 'lookup-trace';
const ARM = 'erofs-overlay';
const WALK = 'walkLookupCount';
const OPEN = 'openLookupCount';

const answerOf = (evidence: Evidence, group: GroupData): Answer | null => {
  const walk = evidence.count(group, ARM, WALK);
  const open = evidence.count(group, ARM, OPEN);
  const files = evidence.count(group, ARM, 'openedFileCount');
  if (walk === null || open === null || files === null) return null;
  // A counter that does not see every object being opened may be blind: its zero proves nothing.
  if (open.least < files.most) return 'unclear';
  if (walk.most === 0) return 'yes';
  // What somebody else looked up in one pass refutes nothing.
  return walk.least > 0 ? 'no' : 'unclear';
};

const figuresOf = (evidence: Evidence, group: GroupData): readonly Figure[] => [
  ...countFigures(evidence, group, [
    [ARM, WALK, 'names looked up in the store by ls -lR'],
    [ARM, OPEN, 'names looked up in the store by opening every file'],
    [ARM, 'openedFileCount', 'files that were opened'],
  ]),
  ...countFigures(evidence, group, [['composefs-fuse', WALK, 'names looked up in the store by ls -lR']], {
    standIn: true,
  }),
];

const judge = (evidence: Evidence): Judgement => {
  const { agreed, figures } = triedOn(evidence, SCENARIO, answerOf, figuresOf);
  switch (agreed.kind) {
    case 'none':
      return { verdict: 'not testable', because: missingReason(evidence, [SCENARIO, ARM]), figures };
    case 'unclear':
      return {
        verdict: 'undecided',
        because:
          'the counter did not see every file being opened, or saw lookups in one pass and none in another',
        wouldDecide: `cfsbench run --scenarios ${SCENARIO}, while nothing else drops caches`,
        figures,
      };
    case 'split':
      return {
        verdict: 'undecided',
        because: splitText(agreed.yes, agreed.no),
        wouldDecide: READ_BOTH,
        figures,
      };
    case 'all':
      return agreed.answer === 'yes'
        ? {
            verdict: 'supported',
            because: 'ls -lR looked nothing up in the store; opening every file looked up each at least once',
            figures,
          }
        : { verdict: 'not supported', because: 'ls -lR looked names up in the object store', figures };
  }
};

export const claim: Claim = {
  id: 'C8',
  text: 'stat through a data-only lower layer looks nothing up in the object store.',
  by: [
    {
      who: 'Amir Goldstein',
      when: '2023',
      where: { kind: 'list', list: 'linux-unionfs, on lazy lookup of data-only lowers (Linux 6.5)' },
    },
  ],
  scenarios: [SCENARIO],
  rule: 'The objects lie on an XFS of their own, which counts every name that is looked up in its directories and is not in the dentry cache. Caches are dropped before each of two windows. Supported when ls -lR causes none in every pass, and opening every file at least one each. Not supported when ls -lR causes some in every pass. Undecided when the opening is not seen, or passes differ.',
  objection: 'A counter that shows zero may be blind, or the names may have been cached.',
  answer:
    'The same counter must see every file that is opened, from the same cold caches: otherwise there is no verdict.',
  judge,
};
