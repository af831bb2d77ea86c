// Requests of the harness to its pull client, a process of its own, and the replies: lines of JSON.
import type { PullVia } from './pull-image.ts';

interface PullCommon {
  readonly url: string;
  /** Public key in PEM. */
  readonly keyPem: string;
  readonly name: string;
  readonly leastSequence: number;
}

export type ClientRequest =
  /** Fetches the objects that a folder lacks. */
  | (PullCommon & { readonly kind: 'image'; readonly dir: string; readonly via: PullVia })
  /** Fetches the manifest, then each object of the image when it is read through a FUSE server, until `fetched`. */
  | (PullCommon & { readonly kind: 'fetch'; readonly dir: string })
  /** Ends that, and reports it. */
  | { readonly kind: 'fetched' }
  /** After that: fetches the objects that the folder still lacks, by ranges of the pack, over the same connections. */
  | { readonly kind: 'rest' }
  /** Fetches the layers that are not unpacked yet, and unpacks each as soon as its digest is right. */
  | (PullCommon & { readonly kind: 'layers'; readonly tarDir: string; readonly layerDir: string });

/** Times of a pull, nanoseconds, and its amounts. */
export interface PullReport {
  readonly requestCount: number;
  /** Bodies of answers. */
  readonly receivedBytes: number;
  /** Objects or layers that were missing. */
  readonly missingCount: number;
  /** Until the signed file was fetched and its signature checked. */
  readonly signedNs: number;
  /** Until the missing objects or layers were known. */
  readonly missingNs: number;
  /** From then on: fetch, digests, writes; for layers also unpacking. */
  readonly fetchNs: number;
  readonly verifiedBytes: number;
  readonly verifyNs: number;
  /** Of the client and its children. */
  readonly cpuNs: number;
}

export type ClientReply =
  | { readonly kind: 'pulled'; readonly report: PullReport }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly code: string;
      readonly facts: readonly string[];
    };
