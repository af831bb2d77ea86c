// Who said it, when and where: named so that a reader can find it again.

export type Where =
  /** A mail that an archive finds by its Message-ID, without the angle brackets. */
  | { readonly kind: 'message'; readonly id: string }
  /** A mail whose Message-ID is not known here: by list, date and author. */
  | { readonly kind: 'list'; readonly list: string }
  /** Whatever has an address: a pull request, a README, a commit. */
  | { readonly kind: 'page'; readonly name: string; readonly url: string };

export interface Source {
  readonly who: string;
  /** ISO 8601, as exact as it is known; null where no date is known. */
  readonly when: string | null;
  readonly where: Where;
  /** Read as an excerpt, not in the original. */
  readonly excerpt?: true;
  /** What of it the claim is about: figures, or what was asked and answered. */
  readonly said?: string;
}

const ARCHIVE = 'https://lore.kernel.org/r/';

export const linkOf = ({ where }: Source): string | null => {
  switch (where.kind) {
    case 'message':
      return `${ARCHIVE}${where.id}`;
    case 'page':
      return where.url;
    case 'list':
      return null;
  }
};

/** How the place is called where a link cannot be shown, too. */
export const placeOf = ({ where }: Source): string => {
  switch (where.kind) {
    case 'message':
      return `Message-ID ${where.id}`;
    case 'page':
      return where.name;
    case 'list':
      return where.list;
  }
};

/** Before and after the place, so that a page can make a link of it. */
export const around = (source: Source): readonly [before: string, after: string] => [
  `${source.who}${source.when === null ? '' : `, ${source.when}`}, `,
  `${source.excerpt === true ? ' (read as an excerpt)' : ''}${source.said === undefined ? '' : `: ${source.said}`}`,
];

export const sourceText = (source: Source): string => {
  const [before, after] = around(source);
  return `${before}${placeOf(source)}${after}`;
};

export const sourcesText = (sources: readonly Source[]): string => sources.map(sourceText).join('; ');
