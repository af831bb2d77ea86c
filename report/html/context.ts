// What a hostile reader asks for: proofs, environment, how to reproduce, method, and everything that did not work.

import type { Conditions, Fairness } from '../../results/schema/run.ts';
import { CONFIDENCE, LOOK_CONFIDENCE } from '../../results/stats/median.ts';
import { alerts } from '../alert.ts';
import { formatBytes, formatInstant, formatNs, formatPercent, shellLine } from '../format.ts';
import { centerText, chanceText, runsText } from '../standing.ts';
import type { Problem, ReportView } from '../view.ts';
import { type Content, type Html, html } from './html.ts';

const entries = (pairs: readonly (readonly [string, Content])[]): Html =>
  html`<dl>${pairs.map(
    ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>
`,
  )}</dl>
`;

const took = (record: Readonly<Record<string, string>>): string =>
  Object.entries(record)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ');

const hiddenOf = ({ hidden = [] }: ReportView['proofs'][number]): string =>
  hidden.length === 0 ? '' : ` but for attributes that it is known not to show: ${hidden.join(', ')}`;

export const proofSection = (view: ReportView): Html => html`<h2 id="proofs">Is it the same tree?</h2>
${
  view.proofs.length === 0
    ? html`<p>Nothing was proved in this run.</p>`
    : html`<p>Before anything is timed, the tree is walked through every backend's mount and its digest compared with the image's own.</p>
<div class="scroll" tabindex="0" role="region" aria-label="proofs"><table><thead><tr><th scope="col">image</th><th scope="col" class="text">arm</th><th scope="col" class="text">tree</th><th scope="col" class="text">file system</th><th scope="col" class="text">digest seen</th></tr></thead><tbody>
${view.proofs.map(
  (proof) => html`<tr><th scope="row">${proof.image}</th><td class="text">${proof.arm}</td><td class="text">${
    proof.equal
      ? html`<span class="ok">equal</span>${hiddenOf(proof)}`
      : html`<span class="wrong">different</span> ${proof.difference ?? ''}`
  }</td><td class="text">${proof.fsType}${took(proof.took) === '' ? '' : ` (${took(proof.took)})`}</td><td class="text"><code title="${proof.treeDigest ?? ''}">${proof.treeDigest?.slice(0, 16) ?? '–'}</code></td></tr>
`,
)}</tbody></table></div>
`
}<h3>How each arm was mounted</h3>
${entries(
  view.arms.map((arm) => {
    const paths = view.took.find(({ arm: id }) => id === arm.id)?.took ?? [];
    return [arm.id, html`${arm.how}${paths.length === 0 ? '' : ` Taken: ${paths.join('; ')}.`}`] as const;
  }),
)}<h3>Left behind</h3>
${leaks(view)}`;

const leaks = ({ leaks: { checkedSamples, left } }: ReportView): Html => {
  if (left.length > 0) return problems(left);
  return checkedSamples === 0
    ? html`<p>Not checked in this run.</p>`
    : html`<p>Nothing: no mount, loop device, process or file in ${checkedSamples} slots.</p>`;
};

const problems = (list: readonly Problem[]): Html =>
  html`<ul>${list.map(
    ({ where, what }) => html`<li><b>${where}</b>: ${what}</li>
`,
  )}</ul>`;

const known = (value: string | null): string => value ?? 'unknown';

const flag = (value: boolean | null): string => (value === null ? 'unknown' : value ? 'on' : 'off');

/** What was going on beside the run. */
const conditions = (watched: Conditions | null): Html => {
  if (watched === null) return html``;
  const { start, end, judged, kernelWarnings, otherMounts } = watched;
  return html`<h3>While it ran</h3>
${entries([
  [
    'judged',
    judged.length === 0 ? 'quiet' : listOf(judged.map(({ severity, text }) => `${severity}: ${text}`)),
  ],
  ['turbo', flag(start.turbo)],
  ['SMT', flag(start.smt)],
  ['clock source', known(start.clocksource)],
  [
    'load',
    `${start.loadAverage[0]?.toFixed(2) ?? 'unknown'} before, ${end?.loadAverage[0]?.toFixed(2) ?? 'unknown'} after`,
  ],
  [
    'warnings of the kernel',
    kernelWarnings === null
      ? 'its log cannot be read'
      : kernelWarnings.length === 0
        ? 'none'
        : listOf(kernelWarnings),
  ],
  ['also mounted from the same disk', otherMounts.length === 0 ? 'nothing' : otherMounts.join(', ')],
])}`;
};

const fairnessTable = (rows: readonly Fairness[]): Html =>
  rows.length === 0
    ? html``
    : html`<h3>What each arm was given</h3>
<div class="scroll" tabindex="0" role="region" aria-label="what each arm was given"><table><thead><tr><th scope="col">image</th><th scope="col" class="text">arm</th><th scope="col">manifest</th><th scope="col">inodes, compact + extended</th><th scope="col">entries with xattrs</th><th scope="col" class="text">ACLs</th><th scope="col" class="text">digests</th><th scope="col">sparse objects</th><th scope="col" class="text">mounts, as the kernel lists them</th></tr></thead><tbody>
${rows.map(
  (
    row,
  ) => html`<tr><th scope="row">${row.image}</th><td class="text">${row.arm}</td><td>${formatBytes(row.manifestBytes)}</td><td>${row.compactInodeCount} + ${row.extendedInodeCount}</td><td>${row.xattrEntryCount}</td><td class="text">${row.hasAcl ? 'yes' : 'no'}</td><td class="text">${row.digests ? 'yes' : 'no'}</td><td>${row.sparseFileCount ?? '–'}</td><td class="text">${row.mounts.map((mount) => html`<code>${mount.replaceAll(',', ', ')}</code><br>`)}</td></tr>
`,
)}</tbody></table></div>
<p class="note">Backing file system: ${rows[0]!.backing}</p>
`;

export const environmentSection = ({
  environment: env,
  conditions: watched,
  fairness,
}: ReportView): Html => html`<h2 id="environment">Environment</h2>
${entries([
  ['kernel', env.kernel],
  ['kernel command line', html`<code>${env.kernelCommandLine}</code>`],
  ['distribution', env.distribution],
  ['processor', `${env.cpuModel}, ${env.cpuCount} CPUs, ${env.architecture}`],
  ['memory', formatBytes(env.memoryBytes)],
  ['frequency governor', known(env.governor)],
  ['virtualization', env.virtualization ?? 'none seen'],
  [
    'work file system',
    `${env.workFileSystem.type} on ${env.workFileSystem.device} (${env.workFileSystem.options})`,
  ],
  ['privilege', env.privilege],
  ['load at the start', env.loadAverage.map((load) => load.toFixed(2)).join(' ')],
])}${conditions(watched)}${fairnessTable(fairness)}<details><summary>tools, kernel features, mitigations</summary>
<h3>Tools</h3>${entries(Object.entries(env.tools))}
<h3>Features, each found by trying</h3>${entries(
  Object.entries(env.features).map(
    ([name, { ok, detail }]) => [name, `${ok ? 'yes' : 'no'}: ${detail}`] as const,
  ),
)}
<h3>Mitigations</h3>${entries(Object.entries(env.mitigations))}
</details>`;

export const reproduceSection = ({
  run,
  plan,
}: ReportView): Html => html`<h2 id="reproduce">How to reproduce</h2>
<pre>${shellLine(run.commandLine)}</pre>
${entries([
  [
    'cfsbench',
    `${run.cfsbench.version}${run.cfsbench.commit === null ? '' : `, commit ${run.cfsbench.commit}`}`,
  ],
  ['seed of the order', html`<code>${plan.seed}</code>`],
  [
    'profile',
    `${plan.profile}, ${plan.blocks} blocks${plan.budgetNs === null ? '' : `, budget ${formatNs(plan.budgetNs)}`}`,
  ],
])}`;

const poolHtml = ({ runs }: NonNullable<ReportView['pool']>): Html =>
  html`<li><b>run sd</b>: how far the runs lie apart beyond what their blocks explain, as a share of the ratio. The runs: ${runs.map(
    ({ id, startedAt, seed }, at) =>
      html`${at === 0 ? null : '; '}<code>${id}</code>, ${formatInstant(startedAt)}, seed <code>${seed}</code>`,
  )}.</li>
`;

const intervalText = ({ pool }: ReportView): string =>
  pool === null
    ? 'its order-statistic interval, which assumes no distribution,'
    : 'the wider of a t interval over the runs and a bootstrap of runs, then of blocks within them,';

export const methodSection = (view: ReportView): Html => html`<h2 id="method">How to read the numbers</h2>
<ul>
<li>A <b>block</b> is every arm once, in a random order drawn from the seed. Ratios are taken within a block, so that drift of the machine cancels; a block that lacks one half of a pair does not count.</li>
<li>A <b>ratio</b> of arm ÷ ${view.baseline} is ${centerText(view)}, as <code>1.50 (0.98..3.52)</code>: in brackets ${intervalText(view)} at ${formatPercent(LOOK_CONFIDENCE)} or more. Intervals of plain medians are at ${formatPercent(CONFIDENCE)} or more.</li>
<li><b>faster</b> and <b>slower</b>: the whole interval lies beyond ${Math.round(view.delta * 100)} % and beyond 20 µs. <b>same</b>: the whole interval lies within ${Math.round(view.delta * 100)} %. <b>&lt;20us</b>: it does not, but the whole difference is below 20 µs (of operations repeated within a slot: below twice a call that does nothing), which is no result. <b>undecided</b>: none of these. <b>too few</b>: ${view.pool === null ? 'fewer than 8 complete blocks' : 'fewer than 3 runs'}.</li>
<li>${chanceText(view)} ${runsText(view)}</li>
${view.pool === null ? null : poolHtml(view.pool)}<li>The <b>null</b> arm is ${view.baseline} a second time. Its ratio is the noise of this machine; a result that is not larger than it counts as undecided.</li>
<li><b>no calls</b>: the counting passes saw no system call of this arm in this phase; what there is to do is done in another one, so sums of phases are the fair row.</li>
<li>Over all images: ${'in each block the median over the images of the log-ratio, then the median over the blocks. No mean of medians is taken.'}</li>
</ul>
`;

const listOf = (items: readonly string[]): Html =>
  html`<ul>${items.map(
    (item) => html`<li>${item}</li>
`,
  )}</ul>`;

const part = (title: string, body: Html | null): Html =>
  html`<h3>${title}</h3>${body ?? html`<p class="note">None.</p>`}
`;

export const problemSection = (
  view: ReportView,
): Html => html`<h2 id="problems">Warnings, failures, and what was left out</h2>
${part('Failed', view.failures.length === 0 ? null : problems(view.failures))}${part(
  'Warnings',
  view.warnings.length === 0 ? null : listOf(view.warnings),
)}${part('Skipped', view.skipped.length === 0 ? null : problems(view.skipped))}${part(
  'Dropped to fit the budget',
  view.dropped.length === 0 ? null : listOf(view.dropped),
)}${part('Notes of single samples', view.notes.length === 0 ? null : listOf(view.notes))}`;

/** Before the first table: what would change how it is read. */
export const alert = (view: ReportView): Html | null => {
  const lines = alerts(view);
  return lines.length === 0
    ? null
    : html`<div class="alert" role="alert">${lines.map((line) => html`<div>${line}</div>`)}<a href="#problems">What happened</a></div>`;
};

export const facts = (view: ReportView): Html => {
  const { environment: env, run } = view;
  const parts = [
    formatInstant(run.startedAt),
    `Linux ${env.kernel} ${env.architecture}`,
    `${env.cpuCount} CPUs${env.virtualization === null ? '' : `, ${env.virtualization}`}`,
    `${env.workFileSystem.type}`,
    `baseline ${view.baseline}`,
    `${view.sampleCount} samples`,
    ...(run.wallNs === null ? [] : [`${formatNs(run.wallNs)} in all`]),
  ];
  return html`<p class="facts">${parts.map((part_) => html`<span>${part_}</span> `)}</p>`;
};
