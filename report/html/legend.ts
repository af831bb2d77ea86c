// The mark of each arm, the same in tables and charts: a color and a shape, readable by either alone.
import type { ArmView } from '../view.ts';
import { type Html, html } from './html.ts';

const SHAPES: readonly Html[] = [
  html`<circle cx="6" cy="6" r="5"/>`,
  html`<rect x="1.5" y="1.5" width="9" height="9"/>`,
  html`<path d="M6 0.8 11.4 10.6H0.6Z"/>`,
  html`<path d="M6 0.3 11.7 6 6 11.7 0.3 6Z"/>`,
];

const PALETTE_SIZE = 8;

/** Arms with the same color differ in shape: 32 arms have different marks. */
const shapeOf = (color: number): Html => SHAPES[(color + Math.floor(color / PALETTE_SIZE)) % SHAPES.length]!;

export const swatch = (arm: ArmView): Html =>
  arm.role === 'null'
    ? html`<svg class="swatch hollow c${arm.color % PALETTE_SIZE}" viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="4.5"/></svg>`
    : html`<svg class="swatch c${arm.color % PALETTE_SIZE}" viewBox="0 0 12 12" aria-hidden="true">${shapeOf(arm.color)}</svg>`;

export const legend = (arms: readonly ArmView[]): Html =>
  html`<p class="legend">${arms.map((arm) => html`<span>${swatch(arm)} ${arm.id}</span> `)}</p>
`;
