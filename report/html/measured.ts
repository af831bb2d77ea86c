// The scenarios and images of a run that have something to show.
import { joinParts } from '../text.ts';
import type { ReportView } from '../view.ts';

export const labelOf = (section: { readonly scenario: string; readonly params: string }): string =>
  joinParts(section.scenario, section.params);

const countsOf = (view: ReportView) => [...view.observed, ...view.requests, ...view.disk];

/** In the order of the plan. */
export const scenariosIn = (view: ReportView): readonly string[] => {
  const measured = new Set([
    ...[...view.tables, ...view.further].flatMap(({ sections }) => sections.map(({ scenario }) => scenario)),
    ...countsOf(view).map(({ scenario }) => scenario),
  ]);
  return view.scenarios.map(({ id }) => id).filter((id) => measured.has(id));
};

export const imagesIn = (view: ReportView, scenario: string): readonly string[] => [
  ...new Set([
    ...[...view.tables, ...view.further].flatMap(({ image, sections }) =>
      image !== null && sections.some((section) => section.scenario === scenario) ? [image] : [],
    ),
    ...countsOf(view)
      .filter((one) => one.scenario === scenario)
      .map(({ image }) => image),
  ]),
];
