// The mark of each arm in tables and legends: a color and a shape, readable by either alone. The charts draw the same.
import type { PageArm } from '../browser/data.d.ts';
import { HUES, shapeOfMark } from '../marks.ts';
import type { ArmView } from '../view-tables.ts';
import { type Html, html } from './html.ts';

const SHAPES: readonly Html[] = [
  html`<circle cx="6" cy="6" r="5"/>`,
  html`<rect x="1.5" y="1.5" width="9" height="9"/>`,
  html`<path d="M6 0.8 11.4 10.6H0.6Z"/>`,
  html`<path d="M6 0.3 11.7 6 6 11.7 0.3 6Z"/>`,
  html`<path d="M6 11.2 0.6 1.4H11.4Z"/>`,
  html`<path d="M11.2 6 1.4 11.4V0.6Z"/>`,
  html`<path d="M0.8 6 10.6 0.6V11.4Z"/>`,
];

export const shapeOf = (mark: number): Html => SHAPES[shapeOfMark(mark)]!;

export const swatch = ({ role, mark }: ArmView): Html =>
  role === 'null'
    ? html`<svg class="swatch hollow cn" viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="4.5"/></svg>`
    : html`<svg class="swatch c${mark % HUES}" viewBox="0 0 12 12" aria-hidden="true">${shapeOf(mark)}</svg>`;

/** For the charts. */
export const pageArm = ({ id, role, mark }: ArmView): PageArm => ({
  id,
  role,
  hue: role === 'null' ? 'null' : mark % HUES,
  shape: shapeOfMark(mark),
  before: Math.floor(mark / HUES),
});

export const legend = (arms: readonly ArmView[]): Html =>
  html`<p class="legend">${arms.map((arm) => html`<span>${swatch(arm)} ${arm.id}</span> `)}</p>
`;
