// The machines of a pool on the page: a forest plot of each headline row by machine, and what differs between the machines.
import type { Fleet, FleetEffect, FleetMachine, FleetRow } from '../../results/pool/pooled.ts';
import { formatPercent, grouped, ratioText } from '../format.ts';
import { type Content, type Html, html } from '../html/html.ts';
import { bulletList, definitions, folded, heads, plainTable } from '../html/parts.ts';
import { joinParts } from '../text.ts';
import type { ReportView } from '../view.ts';
import { fleetForest } from './forest.ts';
import {
  countsText,
  disagreementLines,
  effectText,
  rangeOfEffect,
  rowText,
  ruleText,
  sdText,
  unequalLines,
} from './words.ts';

/** Open plots; the others are folded by scenario. */
const MOST_OPEN = 6;

const differsHtml = ({ differs }: FleetMachine): Content =>
  differs.length === 0
    ? 'as most others'
    : bulletList(
        differs.map(
          ({ item, here, elsewhere, isAlone }) =>
            html`<b>${item}</b>: ${here}; elsewhere ${elsewhere}${isAlone ? ' (this machine alone)' : ''}`,
        ),
      );

const machinesTable = ({ machines }: Fleet): Html =>
  plainTable(
    heads(['<machine', 'runs', '<kernel', '<CPU', '<disk', '<differs from most others in']),
    machines.map(
      (machine) =>
        html`<tr><th scope="row">${machine.name}</th><td>${machine.runCount}</td><td class="text">${machine.kernel}</td><td class="text">${machine.cpu}</td><td class="text">${machine.disk}</td><td class="text">${differsHtml(machine)}</td></tr>
`,
    ),
    'machines of the pool',
  );

const disagreed = ({ machines }: FleetRow): boolean => machines.some(({ disagrees }) => disagrees);

const effectRow = (fleet: Fleet, row: FleetRow, effect: FleetEffect): Html =>
  html`<tr><th scope="row">${fleet.machines[effect.machine]!.name}</th><td>${effect.runs}</td><td>${effectText(row, effect.center)}</td><td>${rangeOfEffect(row, effect)}</td><td>${effect.toOthers.toFixed(3)}</td><td class="text">${effect.disagrees ? html`<span class="wrong">disagrees</span>` : ''}</td></tr>
`;

const kernelsHtml = (row: FleetRow): Html | null =>
  row.kernels.length === 0
    ? null
    : definitions(
        row.kernels.map(
          ({ kernel, machines, ratio, center }) =>
            [
              `Linux ${kernel}`,
              `${ratio.kind === 'interval' ? ratioText(ratio) : `${effectText(row, center)}, no interval: ${ratioText(ratio)}`}; machines: ${grouped(machines)}`,
            ] as const,
        ),
      );

/** A table of more machines, in every row, would be most of the page. */
const MOST_LISTED = 60;

const tableHtml = (fleet: Fleet, row: FleetRow): Html =>
  row.machines.length > MOST_LISTED
    ? html`<p class="note">All machines: cfsbench pool --format csv.</p>`
    : folded(
        'these numbers as a table',
        plainTable(
          heads(['<machine', 'runs', row.kind === 'ratio' ? 'ratio' : 'time', 'interval', 'to others', '<']),
          row.machines.map((effect) => effectRow(fleet, row, effect)),
          rowText(row),
        ),
      );

const plotHtml = (view: ReportView, fleet: Fleet, row: FleetRow): Html =>
  html`<figure class="glance" data-image="${row.image}"><figcaption><span>${rowText(row)}</span></figcaption>
${fleetForest(view, fleet, row)}<p class="note">${joinParts(`Pooled: ${ratioText(row.pooled)}`, `spread between machines beyond that of their runs: ${sdText(row.machineSd)}`)}.</p>${kernelsHtml(row)}${tableHtml(fleet, row)}</figure>
`;

const plotsHtml = (view: ReportView, fleet: Fleet): Html => {
  const inOrder = [...fleet.rows].sort(
    (a, b) =>
      Number(disagreed(b)) - Number(disagreed(a)) ||
      Number(a.kind === 'level') - Number(b.kind === 'level') ||
      b.machineSd - a.machineSd,
  );
  const [open, rest] = [inOrder.slice(0, MOST_OPEN), inOrder.slice(MOST_OPEN)];
  const plots = (rows: readonly FleetRow[]): Html =>
    html`<div class="charts">${rows.map((row) => plotHtml(view, fleet, row))}</div>`;
  return html`${plots(open)}${rest.length === 0 ? null : folded(`${grouped(rest.length)} more rows by machine`, plots(rest))}`;
};

export const fleetSection = (view: ReportView): Html | null => {
  const fleet = view.pool?.fleet;
  if (fleet === undefined) return null;
  const found = [...disagreementLines(fleet), ...unequalLines(fleet)];
  return html`<section><h2 id="machines">By machine</h2>
<p>${ruleText(fleet, formatPercent(view.delta))} ${countsText(fleet)}</p>
${found.length === 0 ? html`<p>No machine disagrees with the others.</p>` : bulletList(found)}
${machinesTable(fleet)}${plotsHtml(view, fleet)}</section>
`;
};
