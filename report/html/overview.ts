// The first screen after the finding: the comparison of backends, and the phases of a life.
import type { ReportView } from '../view.ts';
import type { ReportFigures } from './figures.ts';
import { forestHtml } from './forest.ts';
import { type Html, html } from './html.ts';
import { lifecycleHtml } from './lifecycle.ts';
import { perImage } from './parts.ts';

export const overviewSection = (view: ReportView, figures: ReportFigures): Html => {
  const images = [
    ...new Set([...view.forests.map(({ image }) => image), ...figures.lifecycles.map(({ image }) => image)]),
  ];
  return images.length === 0
    ? html``
    : html`<section class="overview"><h2 id="glance">At a glance</h2>
${perImage(
  images,
  (image) => image,
  ([image]) =>
    html`<div class="glances">${view.forests
      .filter((forest) => forest.image === image)
      .map((forest) => forestHtml(view, forest))}${figures.lifecycles
      .filter((lives) => lives.image === image)
      .map((lives) => lifecycleHtml(view, lives))}</div>`,
)}</section>
`;
};
