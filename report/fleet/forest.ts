// A forest plot of one row: a line for each machine, the pooled value as a band, on a logarithmic axis. Drawn without a script.
import type { Fleet, FleetEffect, FleetRow } from '../../results/pool/pooled.ts';
import { type Html, html } from '../html/html.ts';
import type { ReportView } from '../view.ts';
import { effectText, rowText } from './words.ts';

interface PlotAxis {
  readonly min: number;
  readonly max: number;
}

/** Machines with a line of their own: those that disagree, and those farthest from the others. */
const MOST_LINES = 40;
/** Beyond the outermost interval, as a share of the logarithmic width. */
const MARGIN = 0.08;
/** An axis is at least this wide, as a factor. */
const LEAST_WIDTH = 1.1;

const endsOf = ({ pooled, machines }: FleetRow): readonly number[] => [
  ...(pooled.kind === 'interval' ? [pooled.lo, pooled.hi] : []),
  ...machines.flatMap(({ center, lo, hi }) => [center, lo ?? center, hi ?? center]),
];

/** An interval of two runs can reach from nothing to anything: the axis ends at a factor of this beyond the centers. */
const FARTHEST = 3;

const axisOf = (row: FleetRow): PlotAxis => {
  const centers = row.machines.map(({ center }) => center);
  const ends = endsOf(row).filter((end) => end > 0);
  const low = Math.max(Math.min(...ends), Math.min(...centers) / FARTHEST);
  const high = Math.max(Math.min(Math.max(...ends), Math.max(...centers) * FARTHEST), low * LEAST_WIDTH);
  const more = Math.exp(MARGIN * Math.log(high / low));
  return { min: low / more, max: high * more };
};

const percentAt =
  ({ min, max }: PlotAxis) =>
  (value: number): string => {
    const share = Math.log(value / min) / Math.log(max / min);
    return `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;
  };

const bandHtml = (at: (value: number) => string, lo: number, hi: number): Html => {
  const width = `${(Number.parseFloat(at(hi)) - Number.parseFloat(at(lo))).toFixed(2)}%`;
  return html`<rect class="within" x="${at(lo)}" width="${width}" height="100%"/>`;
};

const lineHtml = (row: FleetRow, { center, lo, hi, disagrees }: FleetEffect, axis: PlotAxis): Html => {
  const at = percentAt(axis);
  const { pooled } = row;
  const back =
    pooled.kind === 'interval'
      ? html`${bandHtml(at, pooled.lo, pooled.hi)}<line class="one" x1="${at(pooled.center)}" x2="${at(pooled.center)}" y2="100%"/>`
      : null;
  const whisker =
    lo === null || hi === null
      ? null
      : html`<line class="whisker" x1="${at(lo)}" x2="${at(hi)}" y1="50%" y2="50%"/>`;
  return html`<svg class="${disagrees ? 'c1' : 'c0'}" aria-hidden="true">${back}${whisker}<circle cx="${at(center)}" cy="50%" r="4"/></svg>`;
};

const far = ({ toOthers }: FleetEffect): number => Math.abs(Math.log(toOthers));

const shownMachines = ({ machines }: FleetRow): readonly FleetEffect[] =>
  machines.length <= MOST_LINES
    ? machines
    : [...machines]
        .sort((a, b) => Number(b.disagrees) - Number(a.disagrees) || far(b) - far(a))
        .slice(0, MOST_LINES)
        .sort((a, b) => a.machine - b.machine);

export const fleetForest = (view: ReportView, fleet: Fleet, row: FleetRow): Html => {
  const axis = axisOf(row);
  const at = percentAt(axis);
  const shown = shownMachines(row);
  const left = row.machines.length - shown.length;
  const ends = [axis.min, Math.sqrt(axis.min * axis.max), axis.max].map(
    (value, index) =>
      html`<text${index === 1 ? html` class="odd"` : null} x="${at(value)}" y="13">${effectText(row, value)}</text>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="by machine, against ${view.baseline}: ${rowText(row)}"><table class="forest">
<thead><tr><th scope="col"><span class="sr">machine</span></th><th scope="col" class="plot"><span class="sr">drawn</span><svg aria-hidden="true">${ends}</svg></th><th scope="col" class="ratio">${row.kind === 'ratio' ? 'ratio' : 'time'}</th><th scope="col" class="text"><span class="sr">verdict</span></th></tr></thead>
<tbody>${shown.map(
    (effect) =>
      html`<tr><th scope="row">${fleet.machines[effect.machine]!.name}</th><td class="plot">${lineHtml(row, effect, axis)}</td><td class="ratio">${effectText(row, effect.center)}</td><td class="text">${effect.disagrees ? html`<span class="wrong">disagrees</span>` : ''}</td></tr>
`,
  )}</tbody></table></div>
${left > 0 ? html`<p class="note">${left} more machines are in the table.</p>` : null}`;
};
