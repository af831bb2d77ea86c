import type { GroupData } from '../../results/compare/tally.ts';
import type { Claim, Judged, Told } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { missingReason, toldCounts } from './observed.ts';

const ARM = 'erofs-overlay';
const WALK = 'walkLookupCount';
const OPEN = 'openLookupCount';

type Answer = 'yes' | 'no' | 'blind';

const answerOf = (evidence: Evidence, group: GroupData): Answer | null => {
  const walk = evidence.count(group, ARM, WALK);
  const open = evidence.count(group, ARM, OPEN);
  const files = evidence.count(group, ARM, 'openedFileCount');
  if (walk === null || open === null || files === null) return null;
  // What opens every object must be seen to look each of them up: else nothing is proved by zero.
  if (open.least < files.most) return 'blind';
  return walk.most === 0 ? 'yes' : 'no';
};

const toldOf = (evidence: Evidence, group: GroupData): readonly Told[] => [
  ...toldCounts(evidence, group, [
    [ARM, WALK, 'names looked up in the store by ls -lR'],
    [ARM, OPEN, 'names looked up in the store by opening every file'],
  ]),
  ...toldCounts(evidence, group, [['composefs-fuse', WALK, 'names looked up in the store by ls -lR']], {
    standIn: true,
  }),
];

export const claim: Claim = {
  id: 'C8',
  text: 'stat through a data-only lower layer looks nothing up in the object store.',
  by: 'Amir Goldstein, 2023, on lazy lookup of data-only lowers (Linux 6.5)',
  scenarios: ['lookup-trace'],
  rule: 'Supported where, in every pass, the file system that holds nothing but the objects counts no lookup of a name during ls -lR with cold caches, and at least one for each file during the opening of every file.',
  objection: 'A counter that shows zero may be blind, or the names may have been cached.',
  answer:
    'The store lies on an XFS of its own, whose xs_dir_lookup counts every name that is not answered from the dentry cache; caches are dropped before both, and opening every file must be seen by the same counter.',
  judge(evidence): Judged {
    const groups = evidence.groups({ scenario: 'lookup-trace' });
    const answers = groups.flatMap((group) => answerOf(evidence, group) ?? []);
    const told = groups.flatMap((group) => toldOf(evidence, group));
    if (answers.length === 0)
      return { verdict: 'not testable', because: missingReason(evidence, ['lookup-trace', ARM]), told };
    if (answers.includes('no'))
      return { verdict: 'not supported', because: 'ls -lR looked names up in the object store', told };
    if (answers.includes('blind'))
      return {
        verdict: 'undecided',
        because: 'the counter did not see every file being opened, so its zero means nothing',
        wouldDecide: 'cfsbench run --scenarios lookup-trace, while nothing else drops caches',
        told,
      };
    return {
      verdict: 'supported',
      because: 'ls -lR caused no lookup in the store, opening every file at least one each',
      told,
    };
  },
};
