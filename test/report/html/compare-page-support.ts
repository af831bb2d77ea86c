// Pages of comparisons, and the rows that a browser shows of them.
import type { Page } from 'playwright-core';
import { compareHtml } from '../../../report/pages.ts';
import { type Comparison, compareArms, compareRuns } from '../../../results/gate/compare.ts';
import { gateOf } from '../../../results/gate/gate.ts';
import { changed, example, type Given, loaded } from '../../results/gate/support.ts';

export interface Made {
  readonly html: string;
  readonly comparison: Comparison;
}

export const JUDGING = { strict: false, allowMissing: [] };

export const ofArms = (given: Given): Made => {
  const head = loaded(given);
  const comparison = compareArms(head);
  return {
    comparison,
    html: compareHtml({ comparison, base: null, head }, gateOf(comparison, head, JUDGING), true),
  };
};

export const ofRuns = (first: Given, second: Given): Made => {
  const [base, head] = [loaded(first), loaded(second)];
  const comparison = compareRuns(base, head);
  return {
    comparison,
    html: compareHtml({ comparison, base, head }, gateOf(comparison, head, JUDGING), true),
  };
};

export const base = example({ images: ['debian-12-static'] });
export const where = { arm: 'unpacked-overlay', phase: 'create', actor: 'tar', call: 'openat' } as const;

/** All times of one arm in every timed pass, times a factor. */
export const slowed = (given: Given, arm: string, factor: number): Given =>
  changed(given, (sample) =>
    sample.outcome !== 'ok' || sample.pass !== 'time' || sample.arm !== arm
      ? sample
      : {
          ...sample,
          values: Object.fromEntries(
            Object.entries(sample.values).map(([name, value]) => [
              name,
              /Ns$/.test(name) ? value * factor : value,
            ]),
          ),
        },
  );

export interface Shown {
  readonly place: string;
  readonly metric: string;
  readonly cells: Readonly<Record<string, string>>;
}

export const rowsIn = (page: Page, table: string): Promise<readonly Shown[]> =>
  page.evaluate(`[...document.querySelectorAll('[data-table=${table}] tr:not(.section)')].filter((tr) => tr.querySelector('td')).map((tr) => ({
    place: tr.closest('tbody').dataset.place,
    metric: (tr.querySelector('.metric') ?? tr.querySelector('th')).textContent.replace(' (fails the gate)', ''),
    cells: Object.fromEntries([...tr.querySelectorAll('td')].map((td) => [td.dataset.arm, td.textContent])),
  }))`);
