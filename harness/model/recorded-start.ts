// The file system calls of a program start, recorded in a real root.

/** One call with its path inside the root. `ranges`: the pages that were read, each as first page and number of pages, of 4096 bytes each. */
export type StartStep =
  | readonly [what: 'stat' | 'absent' | 'list', path: string, ranges?: undefined]
  | readonly [what: 'open', path: string, ranges: readonly (readonly [page: number, count: number])[]];

export interface RecordedStart {
  readonly fixture: string;
  readonly command: string;
  readonly steps: readonly StartStep[];
}

/** Wall time of a first replay and of a second one right after it. */
export interface Replayed {
  readonly wallNs: number;
  readonly againWallNs: number;
}
