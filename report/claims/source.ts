// Author, date and place of a statement, so that a reader can find it.

type Where =
  /** A mail in an archive; its Message-ID without angle brackets. */
  | { readonly kind: 'message'; readonly id: string }
  /** A mail whose Message-ID is unknown: by list, date and author. */
  | { readonly kind: 'list'; readonly list: string }
  /** A pull request, a README, a commit. */
  | { readonly kind: 'page'; readonly name: string; readonly url: string };

export interface Source {
  readonly who: string;
  /** ISO 8601, as exact as known; null: unknown. */
  readonly when: string | null;
  readonly where: Where;
  /** Known from an excerpt, not from the original. */
  readonly excerpt?: true;
  /** The part that the claim is about. */
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

/** The place as text, with or without a link. */
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

/** Text before and after the place, which a page shows as a link. */
export const around = (source: Source): readonly [before: string, after: string] => [
  `${source.who}${source.when === null ? '' : `, ${source.when}`}, `,
  `${source.excerpt === true ? ' (read as an excerpt)' : ''}${source.said === undefined ? '' : `: ${source.said}`}`,
];

/** Author, date and place, without the statement. */
export const shortText = ({ said: _, ...source }: Source): string => sourceText(source);

const sourceText = (source: Source): string => {
  const [before, after] = around(source);
  return `${before}${placeOf(source)}${after}`;
};

export const sourcesText = (sources: readonly Source[]): string => sources.map(sourceText).join('; ');
