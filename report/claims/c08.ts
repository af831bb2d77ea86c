// Does listing a mount look names up in the object store below it?
import type { GroupData } from '../../results/compare/tally.ts';
import { type CountedAnswer, judgeGroups } from './agree.ts';
import type { Claim, Figure } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { countFigures, EVERY_PASS, hasFewPasses, STAND_IN } from './figures.ts';

const SCENARIO = 'lookup-trace';
const ARM = 'erofs-overlay';
const WALK = 'walkLookupCount';
const OPEN = 'openLookupCount';

const answer = (evidence: Evidence, group: GroupData): CountedAnswer | null => {
  const walk = evidence.count(group, ARM, WALK);
  const open = evidence.count(group, ARM, OPEN);
  const files = evidence.count(group, ARM, 'openedFileCount');
  if (walk === null || open === null || files === null) return null;
  if (hasFewPasses([walk, open, files])) return 'few';
  // A counter that misses opened objects may be blind: its zero proves nothing.
  if (open.least < files.most) return 'open';
  if (walk.most === 0) return 'yes';
  // Another process may have looked names up during one pass.
  return walk.least > 0 ? 'no' : 'open';
};

const figures = (evidence: Evidence, group: GroupData): readonly Figure[] => [
  ...countFigures(evidence, group, [
    [ARM, WALK, 'names looked up in the store by ls -lR'],
    [ARM, OPEN, 'names looked up in the store by opening one file of each object'],
    [ARM, 'openedFileCount', 'files that were opened, one of each object'],
  ]),
  ...countFigures(
    evidence,
    group,
    [['composefs-fuse', WALK, 'names looked up in the store by ls -lR']],
    STAND_IN,
  ),
];

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
  rule: `The objects lie on an XFS of their own, which counts every name that is looked up in its directories and missing from the dentry cache. Caches are dropped before each of two windows. Supported: in ${EVERY_PASS} ls -lR causes no lookup, and opening one file of each object causes at least one per file. Not supported: ls -lR causes lookups in every pass. Undecided: the counter misses opened files, passes differ, or slots failed.`,
  objection: 'A counter that shows zero may be blind, or the names may have been cached.',
  answer:
    'The same counter must see every opened file, from the same cold caches; otherwise there is no verdict.',
  judge: (evidence) =>
    judgeGroups(evidence, {
      scenario: SCENARIO,
      needs: [SCENARIO, ARM],
      arms: [ARM],
      answer,
      decidedBy: (it, group) => figures(it, group)[0] ?? null,
      figures,
      open: () => ({
        because: 'the counter missed opened files, or saw lookups in one pass and none in another',
        wouldDecide: `cfsbench run --scenarios ${SCENARIO}, while nothing else drops caches`,
      }),
      supported: () =>
        'ls -lR looked nothing up in the store; opening one file of each object looked up each at least once',
      notSupported: () => 'ls -lR looked names up in the object store',
    }),
};
