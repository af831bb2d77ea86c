// Which of three digests tells which change: of a file, of the file that a manifest's entry refers to, of the manifest itself.
import type { GroupData } from '../../results/compare/tally.ts';
import { type Answer, READ_BOTH, splitText, triedOn } from './agree.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import { type Evidence, placeText } from './evidence.ts';
import { countFigures, isEqual, missingReason } from './observed.ts';
import { SCRIVANO_V3 } from './sources.ts';

const SCENARIO = 'tamper';
const MANIFEST_ARM = 'erofs-overlay';
const ARMS = [MANIFEST_ARM, 'unpacked-overlay'] as const;

type Change = 'content' | 'mode' | 'owner' | 'attribute' | 'replaced' | 'redigested' | 'rename';
const WORDS: Readonly<Record<Change, string>> = {
  content: 'a byte of a file',
  mode: 'a set-user-id bit',
  owner: 'an owner',
  attribute: 'an attribute',
  replaced: 'a redirect to another file',
  redigested: 'a redirect and its digest',
  rename: 'a name',
};
const CHANGES = Object.keys(WORDS) as readonly Change[];
/** What changes no file's contents; unpacked layers have no redirect whose digest could be changed, too. */
const OUTSIDE = CHANGES.filter((change) => change !== 'content');
const outsideOf = (arm: string): readonly Change[] =>
  arm === MANIFEST_ARM ? OUTSIDE : OUTSIDE.filter((change) => change !== 'redigested');

type Level = 'File' | 'Reference' | 'Manifest';
const LEVELS: Readonly<Record<Level, string>> = {
  File: 'fs-verity of files',
  Reference: 'overlayfs verity=require',
  Manifest: 'the digest of the manifest',
};
/** As the claim has it, and what became of it: `verity=require` (Linux 6.6) is younger than the mail. */
const EXPECTED: Readonly<Record<Level, readonly Change[]>> = {
  File: ['content'],
  Reference: ['content', 'replaced'],
  Manifest: OUTSIDE,
};

interface Cell {
  readonly level: Level;
  readonly change: Change;
  /** Null: passes differ, or it was not measured. */
  readonly tells: boolean | null;
}

const always = (evidence: Evidence, group: GroupData, arm: string, metric: string): boolean | null => {
  const count = evidence.count(group, arm, metric);
  return count === null || !isEqual(count) ? null : count.most > 0;
};

const cellsOf = (evidence: Evidence, group: GroupData, arm: string, level: Level): readonly Cell[] =>
  (['content', ...outsideOf(arm)] as const).map((change) => ({
    level,
    change,
    tells: always(evidence, group, arm, `${change}By${level}Count`),
  }));

const levelsOf = (arm: string): readonly Level[] =>
  arm === MANIFEST_ARM ? ['File', 'Reference', 'Manifest'] : ['File'];

const answerFor = (evidence: Evidence, group: GroupData, arm: string): Answer => {
  const shown = ['content', ...outsideOf(arm)].map((change) =>
    always(evidence, group, arm, `${change}ShownCount`),
  );
  const cells = levelsOf(arm).flatMap((level) => cellsOf(evidence, group, arm, level));
  const control = cells.find(({ level, change }) => level === 'File' && change === 'content');
  // A change that nobody meets, or a digest that misses a changed byte, makes every zero worthless.
  if (shown.some((is) => is !== true) || control?.tells !== true) return 'unclear';
  if (cells.some(({ tells }) => tells === null)) return 'unclear';
  return cells.every(({ level, change, tells }) => tells === EXPECTED[level].includes(change)) ? 'yes' : 'no';
};

const answerOf = (evidence: Evidence, group: GroupData): Answer | null => {
  const measured = ARMS.filter((arm) => evidence.count(group, arm, 'contentByFileCount') !== null);
  if (!measured.includes(MANIFEST_ARM)) return null;
  const answers = measured.map((arm) => answerFor(evidence, group, arm));
  return answers.includes('no') ? 'no' : answers.includes('unclear') ? 'unclear' : 'yes';
};

/** How many of the changes outside of contents each level tells: what the verdict stands on. */
const sumsOf = (evidence: Evidence, group: GroupData): readonly Figure[] =>
  ARMS.flatMap((arm) =>
    levelsOf(arm).flatMap((level) => {
      const cells = cellsOf(evidence, group, arm, level).filter(({ change }) => change !== 'content');
      if (cells.every(({ tells }) => tells === null)) return [];
      return [
        {
          what: `${arm}: told by ${LEVELS[level]}, of ${cells.length} changes outside of contents (${placeText(group)})`,
          metric: 'toldChangeCount',
          value: cells.filter(({ tells }) => tells === true).length,
          interval: null,
        },
      ];
    }),
  );

const figuresOf = (evidence: Evidence, group: GroupData): readonly Figure[] => [
  ...sumsOf(evidence, group),
  ...countFigures(
    evidence,
    group,
    ARMS.flatMap((arm) =>
      levelsOf(arm).flatMap((level) =>
        (['content', ...outsideOf(arm)] as const).map(
          (change) =>
            [arm, `${change}By${level}Count`, `${WORDS[change]}, told by ${LEVELS[level]}`] as const,
        ),
      ),
    ),
  ),
];

/** What differs from what the claim says, in words. */
const deviations = (evidence: Evidence): string => {
  const found = evidence.groups({ scenario: SCENARIO }).flatMap((group) =>
    ARMS.flatMap((arm) =>
      levelsOf(arm)
        .flatMap((level) => cellsOf(evidence, group, arm, level))
        .filter(({ level, change, tells }) => tells !== null && tells !== EXPECTED[level].includes(change))
        .map(
          ({ level, change, tells }) =>
            `${LEVELS[level]} ${tells ? 'tells' : 'misses'} ${WORDS[change]} (${arm})`,
        ),
    ),
  );
  return [...new Set(found)].join('; ');
};

/** The kernel's own refusal is another thing than a digest that would tell. */
const enforcement = ({ run }: Evidence): string => {
  const found = run.environment.features['fs-verity'];
  return found === undefined || found.ok
    ? 'digests are computed, not enforced'
    : `digests are computed; that the kernel enforces them is not testable here: fs-verity: ${found.detail}`;
};

const judge = (evidence: Evidence): Judgement => {
  const { agreed, figures } = triedOn(evidence, SCENARIO, answerOf, figuresOf);
  const beside = enforcement(evidence);
  switch (agreed.kind) {
    case 'none':
      return { verdict: 'not testable', because: missingReason(evidence, [SCENARIO, ...ARMS]), figures };
    case 'unclear':
      return {
        verdict: 'undecided',
        because: `a change was not shown by the mount, a changed byte was not told, or passes differ; ${beside}`,
        wouldDecide: `cfsbench run --scenarios ${SCENARIO} on a work file system that keeps every change`,
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
            because: `fs-verity of files tells a changed byte and nothing else; verity=require tells a replaced redirect too, unless its digest was replaced with it; all else is told by the digest of the manifest alone; ${beside}`,
            figures,
          }
        : { verdict: 'not supported', because: `${deviations(evidence)}; ${beside}`, figures };
  }
};

export const claim: Claim = {
  id: 'C13',
  text: 'fs-verity validates a file, not the tree: changed metadata and redirects go unnoticed by it.',
  by: [
    {
      ...SCRIVANO_V3,
      said: 'fs-verity validates one file, not the structure of directories; changes in the layer that holds metacopy and redirect are not noticed',
    },
  ],
  scenarios: [SCENARIO],
  rule: `${CHANGES.length} changes are made behind a mount's back (${CHANGES.map((change) => WORDS[change]).join(', ')}) and held against three digests: that of each file, as fs-verity computes it; the digest that the manifest has for a file, against the file that its redirect leads to, as overlayfs does with verity=require; that of the manifest. Supported when, in every pass, each change is shown by the mount, files' digests tell a changed byte and nothing else (on unpacked layers too), verity=require tells in addition the replaced redirect and nothing else, and the manifest's digest tells everything but the changed byte. Not supported when any cell is otherwise. Undecided when a change is not shown, a changed byte is not told, or passes differ.`,
  objection:
    'A manifest is a file, so that fs-verity of it covers the tree; and verity=require did not exist when this was said.',
  answer:
    'Both are levels of their own here. With verity=require a replaced redirect is noticed, which the mail denies; a mode, an owner, an attribute or a name is not. Unpacked layers have no manifest whose digest could tell.',
  judge,
};
