import type { GroupData } from '../../results/compare/tally.ts';
import type { Claim, Judged, Told } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { missingReason, toldCounts } from './observed.ts';

const MANIFEST = 'erofs-overlay';
const ARMS = [MANIFEST, 'unpacked-overlay'] as const;
/** What changes no file's contents. */
const OUTSIDE = ['mode', 'owner', 'attribute', 'replaced', 'rename'] as const;
const TITLES: Readonly<Record<string, string>> = {
  content: 'a byte of a file',
  mode: 'a set-user-id bit',
  owner: 'an owner',
  attribute: 'an attribute',
  replaced: 'a file in the place of another',
  rename: 'a name',
};

type Answer = 'yes' | 'no' | 'blind';

const answerOf = (evidence: Evidence, group: GroupData, arm: string): Answer | null => {
  const count = (metric: string) => evidence.count(group, arm, metric);
  const control = count('contentByFileCount');
  if (control === null) return null;
  const shown = ['content', ...OUTSIDE].map((change) => count(`${change}ShownCount`));
  if (control.least < 1 || shown.some((one) => one === null || one.least < 1)) return 'blind';
  return OUTSIDE.every((change) => count(`${change}ByFileCount`)?.most === 0) ? 'yes' : 'no';
};

const toldOf = (evidence: Evidence, group: GroupData): readonly Told[] => [
  ...toldCounts(
    evidence,
    group,
    ARMS.flatMap((arm) =>
      ['content', ...OUTSIDE].map(
        (change) => [arm, `${change}ByFileCount`, `${TITLES[change]}, told by digests of files`] as const,
      ),
    ),
  ),
  ...toldCounts(
    evidence,
    group,
    OUTSIDE.map((change) => [
      MANIFEST,
      `${change}ByManifestCount`,
      `${TITLES[change]}, told by the manifest's digest`,
    ]),
    { standIn: true },
  ),
];

/** The kernel's own refusal is another thing than the digest. */
const enforcement = ({ run }: Evidence): string => {
  const found = run.environment.features['fs-verity'];
  return found === undefined || found.ok
    ? ''
    : `; that the kernel refuses what they tell is not testable here: fs-verity: ${found.detail}`;
};

export const claim: Claim = {
  id: 'C13',
  text: 'fs-verity covers a file, not a tree: changed metadata and redirects go unnoticed by it.',
  by: 'Giuseppe Scrivano and Alexander Larsson, January 2023, Re: [PATCH v3 0/6] Composefs',
  scenarios: ['tamper'],
  rule: 'Supported where, in every pass on both backends, the mount shows each change, digests of files tell a changed byte, and tell none of a changed mode, owner, attribute, name, or file put in the place of another.',
  objection: 'A manifest is a file too: its own digest covers the whole tree.',
  answer:
    "It does, and is printed beside: the manifest's digest tells every change but that of an object, which the object's tells. Unpacked layers have no such file.",
  judge(evidence): Judged {
    const groups = evidence.groups({ scenario: 'tamper' });
    const answers = groups.flatMap((group) => ARMS.flatMap((arm) => answerOf(evidence, group, arm) ?? []));
    const told = groups.flatMap((group) => toldOf(evidence, group));
    if (answers.length === 0)
      return { verdict: 'not testable', because: missingReason(evidence, ['tamper', ...ARMS]), told };
    const beside = enforcement(evidence);
    if (answers.includes('no'))
      return {
        verdict: 'not supported',
        because: `digests of files told a change outside of contents${beside}`,
        told,
      };
    if (answers.includes('blind'))
      return {
        verdict: 'undecided',
        because: `a change was not shown by the mount, or a changed byte not told${beside}`,
        wouldDecide: 'cfsbench run --scenarios tamper on a work file system that keeps every change',
        told,
      };
    return {
      verdict: 'supported',
      because: `digests of files, computed by the algorithm of fs-verity, tell a changed byte and nothing else${beside}`,
      told,
    };
  },
};
