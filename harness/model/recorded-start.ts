// What starting a program does to the file system that holds it, as it was recorded in a real root.

/** Path inside the root; of an opened file the pages that were read, as first page and number of pages. */
export type StartStep =
  | readonly [what: 'stat' | 'absent' | 'list', path: string, ranges?: undefined]
  | readonly [what: 'open', path: string, ranges: readonly (readonly [page: number, count: number])[]];

export interface RecordedStart {
  readonly fixture: string;
  readonly command: string;
  readonly steps: readonly StartStep[];
}

/** What a replay took, nanoseconds: the first time, and right afterwards. */
export interface Replayed {
  readonly wallNs: number;
  readonly againWallNs: number;
}
