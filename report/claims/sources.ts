// Mails and pages that more than one claim stands on.
import type { Source } from './source.ts';

/** Answers why neither links nor an overlay of plain files do: one mail, several claims. */
export const SCRIVANO_V3 = {
  who: 'Giuseppe Scrivano',
  when: '2023-01-20',
  where: { kind: 'message', id: '87ilh0g88n.fsf@redhat.com' },
} as const satisfies Source;

export const COMPOSEFS_README = {
  who: 'README of composefs',
  when: null,
  where: {
    kind: 'page',
    name: 'github.com/containers/composefs',
    url: 'https://github.com/containers/composefs',
  },
} as const satisfies Source;
