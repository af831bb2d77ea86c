// Requests to the inspector and its replies: plain JSON.
import type { StartStep } from '../model/recorded-start.ts';
import type { FailedReply } from '../sys/request-child.ts';

/** One content that is visible in two mounts, and the object that may back both. */
export interface SharedPair {
  readonly first: string;
  readonly second: string;
  /** Null without an object. */
  readonly object: string | null;
  /** Number of names that the image gives the first file. */
  readonly nameCount: number;
}

/** Resident pages after every file was read through both mounts. */
export interface SharedPages {
  /** Pages of all contents, each content counted once. */
  readonly pageCount: number;
  readonly firstResidentCount: number;
  readonly secondResidentCount: number;
  readonly objectResidentCount: number;
  /** Resident pages of the image files from which a kernel file system reads. */
  readonly backingResidentCount: number;
  /** Distinct physical pages behind both mounts. */
  readonly mountFrameCount: number;
  /** Distinct physical pages behind both mounts and the objects. */
  readonly allFrameCount: number;
  /** Files whose st_nlink in the first mount differs from the image's number of names. */
  readonly wrongLinkCount: number;
}

export interface PathState {
  /** Errno of the call that failed, or null. The other fields are empty after a failure. */
  readonly error: string | null;
  /** The call that failed; null: none. */
  readonly failed: 'lookup' | 'open' | 'read' | null;
  readonly mode: number;
  readonly uid: number;
  readonly digest: string | null;
  readonly attributes: readonly string[];
}

/** The attribute, the owner and the further file that tampering leaves. */
export const TAMPERED_ATTRIBUTE = 'user.cfsbench.tampered';
export const TAMPERED_OWNER = 12345;
export const ADDED_SUFFIX = '~added';

export interface Tampering {
  /** `added`: a further file beside it. */
  readonly how: 'content' | 'mode' | 'owner' | 'attribute' | 'replaced' | 'rename' | 'added' | 'removed';
  readonly path: string;
  /** Of the byte that changes; default 0. */
  readonly offset?: number;
  /** Source of the new contents when the file is replaced. */
  readonly other: string;
}

export interface Tampered {
  readonly how: Tampering['how'];
  /** The contents of the same inode changed. */
  readonly sealBroken: boolean;
}

export type InspectRequest =
  | { readonly kind: 'sharing'; readonly pairs: readonly SharedPair[]; readonly backing: readonly string[] }
  | { readonly kind: 'tamper'; readonly files: readonly Tampering[] }
  | { readonly kind: 'path-states'; readonly paths: readonly string[] }
  /** Changes the first byte of a file in the file that holds its file system, below the kernel's eyes. */
  | { readonly kind: 'change-below'; readonly file: string; readonly disk: string }
  /** Changes one byte of each place in a file. */
  | { readonly kind: 'change-bytes'; readonly path: string; readonly offsets: readonly number[] }
  | { readonly kind: 'replay'; readonly root: string; readonly steps: readonly StartStep[] };

export interface InspectMessage {
  readonly request: InspectRequest;
  /** CPUs of the requesting thread, ascending. The inspector runs on the same ones. */
  readonly cpus: readonly number[];
}

export type InspectReply = { readonly kind: 'found'; readonly found: unknown } | FailedReply;
