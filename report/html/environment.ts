// The machine, its state during the run, and the inputs of each arm.

import type { Conditions } from '../../results/schema/machine.ts';
import type { Fairness } from '../../results/schema/run.ts';
import { fleetText } from '../fleet/machine.ts';
import { formatBytes, plural } from '../format.ts';
import type { ReportView } from '../view.ts';
import { type Content, type Html, html } from './html.ts';
import { bulletList, definitions, folded, heads, plainTable } from './parts.ts';

const known = (value: string | null): string => value ?? 'unknown';

const onOff = (value: boolean | null): string => (value === null ? 'unknown' : value ? 'on' : 'off');

const firstLoad = (loads: readonly number[] | undefined): string => loads?.[0]?.toFixed(2) ?? 'unknown';

const kernelWarningsHtml = (warnings: readonly string[] | null): Content => {
  if (warnings === null) return 'unknown: the kernel log is not readable';
  return warnings.length === 0 ? 'none' : bulletList(warnings);
};

const conditionsHtml = (conditions: Conditions | null): Html => {
  if (conditions === null) return html``;
  const { start, end, judged, kernelWarnings, otherMountCount } = conditions;
  return html`<h3>During the run</h3>
${definitions([
  [
    'conditions',
    judged.length === 0 ? 'quiet' : bulletList(judged.map(({ severity, text }) => `${severity}: ${text}`)),
  ],
  ['turbo', onOff(start.turbo)],
  ['SMT', onOff(start.smt)],
  ['clock source', known(start.clocksource)],
  ['load average', `${firstLoad(start.loadAverage)} before, ${firstLoad(end?.loadAverage)} after`],
  ['kernel warnings', kernelWarningsHtml(kernelWarnings)],
  ['other mounts of the same disk', otherMountCount === 0 ? 'none' : String(otherMountCount)],
])}`;
};

const FAIRNESS_HEADS = [
  'image',
  '<arm',
  'manifest',
  'inodes, compact + extended',
  'entries with xattrs',
  '<ACLs',
  '<digests',
  'sparse objects',
  '<mounts, as the kernel lists them',
];

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

/** Arms of older runs, which list the manifest of the image for every arm. */
const WITHOUT_MANIFEST = /^(unpacked|hardlink|reflink|ostree|plain-directory|squashfs|erofs-full)/;

const hasManifest = ({ arm, manifestBytes }: Fairness): boolean =>
  manifestBytes !== null && !WITHOUT_MANIFEST.test(arm);

const manifestCells = (row: Fairness): Html =>
  hasManifest(row)
    ? html`<td>${formatBytes(row.manifestBytes ?? 0)}</td><td>${row.compactInodeCount} + ${row.extendedInodeCount}</td>`
    : html`<td class="none">none</td><td class="none">–</td>`;

const fairnessRow = (row: Fairness): Html =>
  html`<tr><th scope="row">${row.image}</th><td class="text">${row.arm}</td>${manifestCells(row)}<td>${row.xattrEntryCount}</td><td class="text">${yesNo(row.hasAcl)}</td><td class="text">${yesNo(row.digests && hasManifest(row))}</td><td>${row.sparseFileCount ?? '–'}</td><td class="text">${row.mounts.map((mount) => html`<code>${mount.replaceAll(',', ', ')}</code><br>`)}</td></tr>
`;

const fairnessHtml = (rows: readonly Fairness[]): Html =>
  rows.length === 0
    ? html``
    : html`<h3>Inputs of each arm</h3>
${plainTable(heads(FAIRNESS_HEADS), rows.map(fairnessRow), 'inputs of each arm')}<p class="note">Backing file system: ${rows[0]!.backing}</p>
`;

/** The others are in the table of machines. */
const fleetNote = (view: ReportView): Html | null => {
  const fleet = fleetText(view);
  return fleet === null
    ? null
    : html`<p>${fleet}. This section is that of the first machine; <a href="#machines">By machine</a> has what differs on the others.</p>
`;
};

export const environmentSection = (view: ReportView): Html => {
  const { environment: env, conditions, fairness } = view;
  return html`<h2 id="environment">Environment</h2>
${fleetNote(view)}${definitions([
  ['kernel', env.kernel],
  [
    'kernel options',
    env.kernelCommandLine === ''
      ? 'none that can change a measurement'
      : html`<code>${env.kernelCommandLine}</code>`,
  ],
  ['distribution', env.distribution],
  ['processor', `${env.cpuModel}, ${plural(env.cpuCount, 'CPU')}, ${env.architecture}`],
  ['memory', formatBytes(env.memoryBytes)],
  ['frequency governor', known(env.governor)],
  ['virtualization', env.virtualization ?? 'none detected'],
  [
    'work file system',
    `${env.workFileSystem.type} on ${env.workFileSystem.device} (${env.workFileSystem.options})`,
  ],
  ['privilege', env.privilege],
  ['load average at the start', env.loadAverage.map((load) => load.toFixed(2)).join(' ')],
])}${conditionsHtml(conditions)}${fairnessHtml(fairness)}${folded(
  'tools, kernel features, mitigations',
  html`
<h3>Tools</h3>${definitions(Object.entries(env.tools))}
<h3>Kernel features, each tested by use</h3>${definitions(
    Object.entries(env.features).map(
      ([name, { ok, detail }]) => [name, `${ok ? 'yes' : 'no'}: ${detail}`] as const,
    ),
  )}
<h3>Mitigations</h3>${definitions(Object.entries(env.mitigations))}
`,
)}`;
};
