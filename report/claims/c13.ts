// Which of three digests notices which change: of a file, of the file that a manifest's entry refers to, of the manifest itself.
import type { GroupData } from '../../results/compare/tally.ts';
import { judgeGroups } from './agree.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import {
  deviationFigure,
  deviationText,
  ENFORCED,
  type EnforcedEnd,
  endsAnswer,
  enforcedEnds,
  refusedFigures,
} from './enforcement.ts';
import { type Evidence, groupText } from './evidence.ts';
import { countFigures, exactFigure, isConstant } from './figures.ts';
import { untested } from './missing.ts';
import { SCRIVANO_V3 } from './sources.ts';
import type { Tristate } from './verdicts.ts';

const SCENARIO = 'tamper';
const MANIFEST_ARM = 'erofs-overlay';
const ARMS = [MANIFEST_ARM, 'unpacked-overlay'] as const;

type TreeChange =
  | 'content'
  | 'mode'
  | 'owner'
  | 'attribute'
  | 'replaced'
  | 'redigested'
  | 'rename'
  | 'added'
  | 'removed';
const WORDS: Readonly<Record<TreeChange, string>> = {
  content: 'a byte of a file',
  mode: 'a set-user-id bit',
  owner: 'an owner',
  attribute: 'an attribute',
  replaced: 'a redirect to another file',
  redigested: 'a redirect and its digest',
  rename: 'a name',
  added: 'an added file',
  removed: 'a removed file',
};
const CHANGES = Object.keys(WORDS) as readonly TreeChange[];
/** Changes that leave the contents of all files alone. */
const OUTSIDE = CHANGES.filter((change) => change !== 'content');

type DigestLevel = 'File' | 'Reference' | 'Manifest';
const LEVELS: Readonly<Record<DigestLevel, string>> = {
  File: 'the computed fs-verity digest of each file',
  Reference: 'the computed digest that verity=require compares',
  Manifest: 'the digest of the manifest',
};
/** The claim about each level; `verity=require` (Linux 6.6) is younger than the mail. */
const EXPECTED: Readonly<Record<DigestLevel, readonly TreeChange[]>> = {
  File: ['content'],
  Reference: ['content', 'replaced'],
  Manifest: OUTSIDE,
};

interface LevelCell {
  readonly level: DigestLevel;
  readonly change: TreeChange;
  /** Null: passes differ, or it was not measured. */
  readonly isNoticed: boolean | null;
}

const isExpected = ({ level, change, isNoticed }: LevelCell): boolean =>
  isNoticed === EXPECTED[level].includes(change);

/** Null: passes differ, or it was not measured. One pass is enough: whether a digest differs is a fact, not a count. */
const always = (evidence: Evidence, group: GroupData, arm: string, metric: string): boolean | null => {
  const count = evidence.count(group, arm, metric);
  return count === null || !isConstant(count) ? null : count.most > 0;
};

/** Runs before these changes were made lack them. */
const LATER: readonly TreeChange[] = ['added', 'removed'];

/** Unpacked layers have no redirect with a digest. */
const changesOf = (evidence: Evidence, group: GroupData, arm: string): readonly TreeChange[] =>
  CHANGES.filter(
    (change) =>
      (arm === MANIFEST_ARM || change !== 'redigested') &&
      (!LATER.includes(change) || evidence.count(group, arm, `${change}ShownCount`) !== null),
  );

const levelsOf = (arm: string): readonly DigestLevel[] =>
  arm === MANIFEST_ARM ? ['File', 'Reference', 'Manifest'] : ['File'];

const metricOf = (change: TreeChange, level: DigestLevel): string => `${change}By${level}Count`;

const cellsOf = (
  evidence: Evidence,
  group: GroupData,
  arm: string,
  levels = levelsOf(arm),
): readonly LevelCell[] =>
  levels.flatMap((level) =>
    changesOf(evidence, group, arm).map((change) => ({
      level,
      change,
      isNoticed: always(evidence, group, arm, metricOf(change, level)),
    })),
  );

const armAnswer = (evidence: Evidence, group: GroupData, arm: string): Tristate => {
  const shown = changesOf(evidence, group, arm).map((change) =>
    always(evidence, group, arm, `${change}ShownCount`),
  );
  const cells = cellsOf(evidence, group, arm);
  const control = cells.find(({ level, change }) => level === 'File' && change === 'content');
  // If a mount hides a change or a digest misses a changed byte, a zero proves nothing.
  if (shown.some((is) => is !== true) || control?.isNoticed !== true) return 'open';
  if (cells.some(({ isNoticed }) => isNoticed === null)) return 'open';
  return cells.every(isExpected) ? 'yes' : 'no';
};

/** The attacks that must be refused if the claim holds, by enforced level; an image that is cut off may be refused anywhere. */
const REFUSED: Readonly<Record<string, readonly string[] | 'all'>> = {
  files: ['written', 'device'],
  reference: ['written', 'device', 'exchanged', 'sealed', 'replaced'],
  manifest: 'all',
};
const expectsRefusal = ({ level, attack }: EnforcedEnd): boolean | null => {
  const refused = REFUSED[level];
  if (refused === undefined || attack === 'truncated') return null;
  return refused === 'all' || refused.includes(attack);
};

const endsOf = (evidence: Evidence): readonly EnforcedEnd[] => enforcedEnds(evidence, Object.keys(REFUSED));

/** Null: nothing was enforced. Where a changed byte is served, no kernel verifies, so other served changes prove nothing. */
const enforcedAnswer = (evidence: Evidence): Tristate | null => {
  const ends = endsOf(evidence);
  const isBlind = ends.some(({ attack, isRefused }) => attack === 'written' && isRefused !== true);
  if (isBlind) return 'open';
  const is = endsAnswer(ends, expectsRefusal);
  const isCut = Object.keys(REFUSED).some(
    (level) => evidence.failed({ scenario: ENFORCED, params: { level } }).length > 0,
  );
  return isCut && is === 'yes' ? 'open' : is;
};

/** One part that contradicts the claim refutes it. */
const both = (a: Tristate, b: Tristate | null): Tristate => {
  if (b === null || a === b) return a;
  return a === 'no' || b === 'no' ? 'no' : 'open';
};

const computedAnswer = (evidence: Evidence, group: GroupData): Tristate | null => {
  const measured = ARMS.filter((arm) => evidence.count(group, arm, metricOf('content', 'File')) !== null);
  if (!measured.includes(MANIFEST_ARM)) return null;
  const answers = measured.map((arm) => armAnswer(evidence, group, arm));
  if (answers.includes('no')) return 'no';
  // Older runs do not have both arms.
  const isCut = ARMS.some((arm) => !measured.includes(arm) && evidence.failedArms([group]).includes(arm));
  return isCut || answers.includes('open') ? 'open' : 'yes';
};

const answer = (evidence: Evidence, group: GroupData): Tristate | null => {
  const computed = computedAnswer(evidence, group);
  return computed === null ? null : both(computed, enforcedAnswer(evidence));
};

/** The verdict depends on the number of changes outside of contents that each level notices. */
const sumFigures = (evidence: Evidence, group: GroupData, arm: string): readonly Figure[] =>
  levelsOf(arm).flatMap((level) => {
    const cells = cellsOf(evidence, group, arm, [level]).filter(({ change }) => change !== 'content');
    if (cells.every(({ isNoticed }) => isNoticed === null)) return [];
    return [
      exactFigure(
        `${arm}: noticed by ${LEVELS[level]}, of ${cells.length} changes outside of contents (${groupText(group)})`,
        'noticedChangeCount',
        cells.filter(({ isNoticed }) => isNoticed === true).length,
      ),
    ];
  });

const figures = (evidence: Evidence, group: GroupData): readonly Figure[] => [
  ...ARMS.flatMap((arm) => sumFigures(evidence, group, arm)),
  ...refusedFigures(endsOf(evidence)),
  ...countFigures(
    evidence,
    group,
    ARMS.flatMap((arm) =>
      cellsOf(evidence, group, arm).map(
        ({ level, change }) =>
          [arm, metricOf(change, level), `${WORDS[change]}, noticed by ${LEVELS[level]}`] as const,
      ),
    ),
  ),
];

/** The first change or attack that contradicts the claim; if none does, the changes that digests of files notice. */
const decidedBy = (evidence: Evidence, group: GroupData, is: 'yes' | 'no'): Figure | null => {
  if (is === 'yes') return figures(evidence, group)[0] ?? null;
  for (const arm of ARMS) {
    if (armAnswer(evidence, group, arm) !== 'no') continue;
    const cell = cellsOf(evidence, group, arm).find((one) => one.isNoticed !== null && !isExpected(one));
    if (cell === undefined) continue;
    const { level, change, isNoticed } = cell;
    return exactFigure(
      `${arm}: ${WORDS[change]}, noticed by ${LEVELS[level]} (${groupText(group)})`,
      metricOf(change, level),
      isNoticed === true ? 1 : 0,
    );
  }
  return deviationFigure(endsOf(evidence), expectsRefusal);
};

/** How the cells differ from the claim. */
const deviations = (evidence: Evidence): string => {
  const found = evidence.groups({ scenario: SCENARIO }).flatMap((group) =>
    ARMS.flatMap((arm) =>
      cellsOf(evidence, group, arm)
        .filter((cell) => cell.isNoticed !== null && !isExpected(cell))
        .map(
          ({ level, change, isNoticed }) =>
            `${LEVELS[level]} ${isNoticed ? 'notices' : 'misses'} ${WORDS[change]} (${arm})`,
        ),
    ),
  );
  const enforced = deviationText(endsOf(evidence), expectsRefusal);
  return [...new Set(found), ...(enforced === '' ? [] : [enforced])].join('; ');
};

/** A digest that would differ is not yet a read that the kernel refuses. */
const enforcementText = (evidence: Evidence): string => {
  const ends = endsOf(evidence);
  if (ends.length > 0) {
    const refused = ends.filter(({ isRefused }) => isRefused === true).length;
    const all = enforcedAnswer(evidence) === 'yes' ? ', each where its level says' : '';
    return `enforced under ${evidence.run.environment.kernel}: ${refused} of ${ends.length} attacks were refused${all}`;
  }
  const feature = evidence.run.environment.features['fs-verity'];
  return feature === undefined || feature.ok
    ? 'digests are computed, not enforced'
    : `digests are computed; enforcement by the kernel is not testable here: fs-verity: ${feature.detail}`;
};

/** Without samples of `tamper` only the enforced attacks are known. */
const withoutComputed = (evidence: Evidence): Judgement => {
  const found = refusedFigures(endsOf(evidence));
  const is = enforcedAnswer(evidence);
  if (is === null) return untested(evidence, [SCENARIO, ...ARMS], found);
  if (is === 'open') return { verdict: 'undecided', ...OPEN, figures: found };
  if (is === 'yes') return { verdict: 'supported', because: enforcementText(evidence), figures: found };
  const decider = deviationFigure(endsOf(evidence), expectsRefusal);
  return {
    verdict: 'not supported',
    because: deviations(evidence),
    ...(decider === null ? {} : { decidedBy: decider }),
    figures: found,
  };
};

const OPEN = {
  because:
    'the mount did not show a change, a changed byte was missed or not refused, passes differ, or slots failed',
  wouldDecide: `cfsbench run --scenarios ${SCENARIO},${ENFORCED} on a work file system that keeps every change`,
} as const;

export const claim: Claim = {
  id: 'C13',
  text: 'fs-verity validates a file, not the tree: it does not notice changed metadata and redirects.',
  by: [
    {
      ...SCRIVANO_V3,
      said: 'fs-verity validates one file, not the structure of directories; changes in the layer that holds metacopy and redirect are not noticed',
    },
  ],
  scenarios: [SCENARIO, ENFORCED],
  rule: `${CHANGES.length} changes are made below the mount (${CHANGES.map((change) => WORDS[change]).join(', ')}) and checked against three digests: that of each file, as fs-verity computes it; the digest that the manifest has for a file against the file that its redirect leads to, as overlayfs does with verity=require; and that of the manifest. Where the kernel has fs-verity, the same levels are enforced, and each attack must be refused or served as its level says. Supported: in every pass the mount shows each change, digests of files notice a changed byte and nothing else (on unpacked layers, too), verity=require also notices the replaced redirect and nothing else, and the manifest's digest notices everything except the changed byte. Not supported: any of these fails. Undecided: the mount does not show a change, a changed byte is missed or not refused, passes differ, or slots failed.`,
  objection:
    'A manifest is a file, so fs-verity of it covers the tree; and verity=require did not exist at the time of the mail.',
  answer:
    'Both are levels of their own. verity=require notices a replaced redirect, which the mail denies; it does not notice a mode, an owner, an attribute or a name. Unpacked layers have no manifest whose digest could notice a change.',
  judge(evidence) {
    const enforcement = enforcementText(evidence);
    return judgeGroups(evidence, {
      scenario: SCENARIO,
      arms: ARMS,
      needs: [SCENARIO, ...ARMS],
      answer,
      decidedBy,
      figures,
      unanswered: withoutComputed,
      open: () => ({ ...OPEN, because: `${OPEN.because}; ${enforcement}` }),
      supported: () =>
        `the digest of a file differs after a changed byte and nothing else; the digest that verity=require compares also differs after a replaced redirect, unless it was replaced with the redirect; only the digest of the manifest differs after everything else; ${enforcement}`,
      notSupported: () => `${deviations(evidence)}; ${enforcement}`,
    });
  },
};
