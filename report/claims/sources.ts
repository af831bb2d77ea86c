// Mails and pages that several claims cite.
import type { Source } from './source.ts';

/** On why neither links nor an overlay of plain files do the same. */
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
/** The table of 24 January, and the sparse EROFS row of 1 February. */
export const larssonJanuary = (said: string): Source => ({
  who: 'Alexander Larsson',
  when: '2023-01-24',
  where: { kind: 'message', id: '5fb32a1297821040edd8c19ce796fc0540101653.camel@redhat.com' },
  said,
});

/** The table with a plain directory, direct I/O and lazy lookup. */
export const larssonMarch = (said: string): Source => ({
  who: 'Alexander Larsson',
  when: '2023-03-03',
  where: { kind: 'list', list: 'linux-fsdevel, thread of the LSF/MM/BPF topic' },
  said,
});

export const scrivanoMemory = (said: string): Source => ({
  who: 'Giuseppe Scrivano',
  when: '2023-01-25',
  where: { kind: 'message', id: '87wn5ac2z6.fsf@redhat.com' },
  said,
});

export const xuTensorflow = (said: string): Source => ({
  who: 'Jingbo Xu',
  when: '2023-02-01',
  where: { kind: 'message', id: '51d9d1b3-2b2a-9b58-2f7f-f3a56c9e04ac@linux.alibaba.com' },
  said,
});

export const xuLazyLookup = (said: string): Source => ({
  who: 'Jingbo Xu',
  when: '2023-02-06',
  where: { kind: 'list', list: 'the discussion of composefs v3' },
  said,
});
