// Compares needs with the features of this machine.
import type { Features, Need } from '../model/machine.ts';

export interface CheckedNeed {
  readonly title: string;
  readonly met: boolean;
  /** The result of trying: of the feature that meets the need, or of all features that do not. */
  readonly detail: string;
  readonly hint: string;
}

export const checkNeed = (need: Need, features: Features): CheckedNeed => {
  const found = need.anyOf.map((id) => features[id]);
  const good = found.find((feature) => feature.ok);
  if (good !== undefined) return { title: need.title, met: true, detail: good.detail, hint: '' };
  return {
    title: need.title,
    met: false,
    detail: found.map((feature) => feature.detail).join('; '),
    hint: [...new Set(found.map((feature) => feature.hint).filter((hint) => hint !== ''))].join('; '),
  };
};

/** The first need that is not met, or null. */
export const firstUnmet = (needs: readonly Need[], features: Features): CheckedNeed | null =>
  needs.map((need) => checkNeed(need, features)).find(({ met }) => !met) ?? null;
