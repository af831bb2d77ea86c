// Proofs that all arms show the same tree, the mounts of each arm, and leftovers.
import type { Proof } from '../../results/schema/run.ts';
import { declaredIn } from '../declared.ts';
import { plural } from '../format.ts';
import { joinParts } from '../text.ts';
import type { ReportView } from '../view.ts';
import { term } from './glossary.ts';
import { type Html, html } from './html.ts';
import { definitions, heads, plainTable, problemList } from './parts.ts';

const treeHtml = ({ equal, hidden = [], difference, level }: Proof): Html => {
  if (!equal) return html`<span class="wrong">different</span> ${difference ?? ''}`;
  const { hides, adds } = declaredIn(hidden);
  const parts = [
    ...(level === 'merged-inodes' ? [', except which names share an inode: equal files share one'] : []),
    ...(level === 'metadata' ? [', without contents'] : []),
    ...(hides.length === 0 ? [] : [`, except attributes that the arm hides: ${hides.join(', ')}`]),
    ...(adds.length === 0 ? [] : [`, except what the arm adds: ${adds.join(', ')}`]),
  ];
  return html`<span class="ok">equal</span>${parts.join('')}`;
};

const proofRow = (proof: Proof): Html => {
  const took = joinParts(...Object.entries(proof.took).map(([key, value]) => `${key}: ${value}`));
  return html`<tr><th scope="row">${proof.image}</th><td class="text">${proof.arm}</td><td class="text">${treeHtml(proof)}</td><td class="text">${proof.fsType}${took === '' ? '' : ` (${took})`}</td><td class="text"><code title="${proof.treeDigest ?? ''}">${proof.treeDigest?.slice(0, 16) ?? '–'}</code></td></tr>
`;
};

const proofTable = ({ proofs }: ReportView): Html =>
  proofs.length === 0
    ? html`<p>This run proved nothing.</p>`
    : html`<p>Before any timing, cfsbench walks the tree through the mount of every ${term('backend')} and compares its digest with the digest of the image.</p>
${plainTable(heads(['image', '<arm', '<tree', '<file system', '<digest seen']), proofs.map(proofRow), 'proofs')}`;

const leftovers = ({ leaks: { checkedSamples, left } }: ReportView): Html => {
  if (left.length > 0) return problemList(left);
  return checkedSamples === 0
    ? html`<p>Not checked in this run.</p>`
    : html`<p>None: no mount, loop device, process or file was left in ${plural(checkedSamples, 'slot')}.</p>`;
};

export const proofSection = (view: ReportView): Html => html`<h2 id="proofs">Proofs: the trees are equal</h2>
${proofTable(view)}<h3>How each arm was mounted</h3>
${definitions(
  view.arms.map((arm) => {
    const paths = view.took.find(({ arm: id }) => id === arm.id)?.took ?? [];
    return [
      arm.id,
      html`${arm.how}${paths.length === 0 ? '' : ` Path taken: ${paths.join('; ')}.`}`,
    ] as const;
  }),
)}<h3>Left behind</h3>
${leftovers(view)}`;
