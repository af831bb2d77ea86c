// What the child is asked, and what it answers: plain JSON.
import type { Step } from '../model/recorded-start.ts';
import type { FailedAnswer } from '../sys/asked-child.ts';

/** One content that two mounts show, and the object that it may come from. */
export interface Pair {
  readonly first: string;
  readonly second: string;
  /** Null where there is no object. */
  readonly object: string | null;
  /** Names that the image gives the first one. */
  readonly nameCount: number;
}

/** Pages after every file was read through both mounts. */
export interface SharingSeen {
  /** Of the contents, each counted once. */
  readonly pageCount: number;
  readonly firstResidentCount: number;
  readonly secondResidentCount: number;
  readonly objectResidentCount: number;
  /** Of the image files that a kernel file system reads from. */
  readonly backingResidentCount: number;
  /** Physical pages behind both mounts; behind both mounts and the objects. */
  readonly mountFrameCount: number;
  readonly allFrameCount: number;
  /** Files whose st_nlink through the first mount is not the image's number of names. */
  readonly wrongLinkCount: number;
}

export interface Seen {
  /** Errno of what could not be looked at; the rest is then empty. */
  readonly error: string | null;
  readonly mode: number;
  readonly uid: number;
  readonly digest: string | null;
  readonly attributes: readonly string[];
}

export interface Tampering {
  readonly how: 'content' | 'mode' | 'owner' | 'attribute' | 'replaced' | 'rename';
  readonly path: string;
  /** What takes its place where it is replaced. */
  readonly other: string;
}

export interface Tampered {
  readonly how: Tampering['how'];
  /** The same inode has other contents than before. */
  readonly sealBroken: boolean;
}

export type Question =
  | { readonly kind: 'sharing'; readonly pairs: readonly Pair[]; readonly backing: readonly string[] }
  | { readonly kind: 'tamper'; readonly files: readonly Tampering[] }
  | { readonly kind: 'seen'; readonly paths: readonly string[] }
  | { readonly kind: 'replay'; readonly root: string; readonly steps: readonly Step[] };

export interface Asked {
  readonly question: Question;
  /** Where the child runs while it answers: the CPUs of the thread that asks, ascending. */
  readonly cpus: readonly number[];
}

export type LookAnswer = { readonly kind: 'found'; readonly found: unknown } | FailedAnswer;
