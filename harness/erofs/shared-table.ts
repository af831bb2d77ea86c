// The table of attributes that several inodes share: keys descending, longer values first, values descending.
//
// A million files have two million distinct attributes, so they are counted by id instead of by text.
import { compareBytes } from '../model/bytes.ts';
import { unreachable } from '../model/errors.ts';
import { ABSENT } from '../model/payloads.ts';
import { roundUp, XATTR_ENTRY_BYTES } from './format.ts';
import type { Inodes } from './inodes.ts';
import type { XattrItem } from './xattr-items.ts';
import { METACOPY, REDIRECT } from './xattr-sets.ts';

const SUFFIX_BYTES = METACOPY.length - 'trusted.'.length;
const METACOPY_VALUE_BYTES = 36;

export const METACOPY_BYTES = roundUp(XATTR_ENTRY_BYTES + SUFFIX_BYTES + METACOPY_VALUE_BYTES, 4);
export const EMPTY_METACOPY_BYTES = roundUp(XATTR_ENTRY_BYTES + SUFFIX_BYTES, 4);
/** The value is a slash and the payload. */
export const redirectBytes = (payloadBytes: number): number =>
  roundUp(XATTR_ENTRY_BYTES + SUFFIX_BYTES + 1 + payloadBytes, 4);

/** A stretch of the table, in table order. */
type TableStretch =
  | { readonly kind: 'items'; readonly items: readonly XattrItem[] }
  | { readonly kind: 'metacopy'; readonly digests: Uint32Array }
  | { readonly kind: 'redirect'; readonly payloads: Uint32Array };

/** Finds ids that occur more than once. */
class Repeats {
  readonly #counts: Uint8Array;

  constructor(idCount: number) {
    this.#counts = new Uint8Array(idCount);
  }

  /** True at the second call with an id, and only then. */
  add(id: number): boolean {
    const count = this.#counts[id]!;
    if (count < 2) this.#counts[id] = count + 1;
    return count === 1;
  }
}

export class SharedTable {
  readonly stretches: readonly TableStretch[];
  readonly sizeBytes: number;
  readonly #inodes: Inodes;
  /** By digest, ABSENT for the empty value; by payload. */
  readonly #metacopies = new Map<number, number>();
  readonly #redirects = new Map<number, number>();

  constructor(inodes: Inodes) {
    this.#inodes = inodes;
    const { metacopies, redirects } = this.#count();
    const { digests, payloads } = inodes.tree.columns;
    metacopies.sort((a, b) => (a === ABSENT ? 1 : b === ABSENT ? -1 : digests.compare(b, a)));
    redirects.sort((a, b) => payloads.length(b) - payloads.length(a) || payloads.compare(b, a));
    const items = [...inodes.sets.items.all()].filter((item) => item.useCount > 1);
    items.sort(
      (a, b) =>
        compareBytes(b.key, a.key) || b.value.length - a.value.length || compareBytes(b.value, a.value),
    );
    this.stretches = [
      { kind: 'items', items: items.filter((item) => item.key > REDIRECT) },
      { kind: 'redirect', payloads: redirects },
      { kind: 'items', items: items.filter((item) => item.key < REDIRECT && item.key > METACOPY) },
      { kind: 'metacopy', digests: metacopies },
      { kind: 'items', items: items.filter((item) => item.key < METACOPY) },
    ];
    this.sizeBytes = this.#layOut();
  }

  #count(): { metacopies: Uint32Array; redirects: Uint32Array } {
    const inodes = this.#inodes;
    const { columns } = inodes.tree;
    const { digests, payloads } = columns;
    const seenDigests = new Repeats(digests.count + 1);
    const seenTexts = new Repeats(payloads.textCount);
    const seenPaths: Repeats[] = [];
    const metacopies: number[] = [];
    const redirects: number[] = [];
    for (const id of inodes.order) {
      inodes.set(id).useCount++;
      if (!inodes.isChunked(id)) continue;
      const digest = columns.digest[id]!;
      if (seenDigests.add(digest === ABSENT ? digests.count : digest)) metacopies.push(digest);
      const payload = columns.payload[id]!;
      if (payload === ABSENT || payloads.length(payload) === 0) continue;
      if (payloads.isText(payload)) {
        if (seenTexts.add(payloads.textId(payload))) redirects.push(payload);
        continue;
      }
      const ending = payloads.endingOf(payload);
      seenPaths[ending] ??= new Repeats(digests.count);
      if (seenPaths[ending].add(payloads.digestOf(payload))) redirects.push(payload);
    }
    for (const set of inodes.sets.all()) for (const item of set.items) item.useCount += set.useCount;
    return { metacopies: Uint32Array.from(metacopies), redirects: Uint32Array.from(redirects) };
  }

  #layOut(): number {
    let at = 0;
    for (const stretch of this.stretches)
      switch (stretch.kind) {
        case 'items':
          for (const item of stretch.items) {
            item.sharedAt = at;
            at += item.encoded.length;
          }
          break;
        case 'metacopy':
          for (const digest of stretch.digests) {
            this.#metacopies.set(digest, at);
            at += digest === ABSENT ? EMPTY_METACOPY_BYTES : METACOPY_BYTES;
          }
          break;
        case 'redirect':
          for (const payload of stretch.payloads) {
            this.#redirects.set(payload, at);
            at += redirectBytes(this.#inodes.tree.columns.payloads.length(payload));
          }
          break;
        default:
          unreachable(stretch);
      }
    return at;
  }

  /** Offset in the table, or -1. */
  metacopyAt(digest: number): number {
    return this.#metacopies.get(digest) ?? -1;
  }

  redirectAt(payload: number): number {
    return this.#redirects.get(payload) ?? -1;
  }
}
