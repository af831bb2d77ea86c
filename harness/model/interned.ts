// Interned values: equal values have equal ids, counted from 0. A Map of a million strings would take more memory than the tree.
import type { ByteString } from './bytes.ts';
import { HASH_FACTOR, HASH_START, hashOf, Pool, withRoom } from './growing.ts';

/** Hash table of ids with open addressing, at most half full; -1 marks a free slot. */
class IdTable {
  #slots = new Int32Array(256).fill(-1);

  get mask(): number {
    return this.#slots.length - 1;
  }

  at(slot: number): number {
    return this.#slots[slot]!;
  }

  set(slot: number, id: number): void {
    this.#slots[slot] = id;
  }

  /** Doubles if `count` ids would fill more than half. `hash` recomputes the hash of an id. */
  reserve(count: number, hash: (id: number) => number): void {
    if (2 * count <= this.#slots.length) return;
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < count - 1; id++) {
      let slot = hash(id) & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}

export class Texts {
  readonly #pool = new Pool();
  readonly #slots = new IdTable();
  #addresses = new Uint32Array(64);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Bytes of all texts. */
  get bytes(): number {
    return this.#pool.bytes;
  }

  intern(text: ByteString): number {
    this.#slots.reserve(this.#count + 1, (id) => this.#pool.hash(this.#addresses[id]!));
    const { mask } = this.#slots;
    let slot = hashOf(text) & mask;
    for (let id = this.#slots.at(slot); id >= 0; id = this.#slots.at(slot)) {
      if (this.#pool.equals(this.#addresses[id]!, text)) return id;
      slot = (slot + 1) & mask;
    }
    const id = this.#count++;
    this.#addresses = withRoom(this.#addresses, this.#count);
    this.#addresses[id] = this.#pool.add(text);
    this.#slots.set(slot, id);
    return id;
  }

  text(id: number): ByteString {
    return this.#pool.text(this.#addresses[id]!);
  }

  length(id: number): number {
    return this.#pool.length(this.#addresses[id]!);
  }

  copy(id: number, into: Uint8Array, at: number): number {
    return this.#pool.copy(this.#addresses[id]!, into, at);
  }
}

/** Of SHA-256. */
export const DIGEST_BYTES = 32;
const PER_SEGMENT = 1 << 15;
const NOT_HEX = 255;
const SLASH = 0x2f;
const HEX_CODES = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

const HEX_VALUES = new Uint8Array(256).fill(NOT_HEX);
for (let i = 0; i < 16; i++) HEX_VALUES[i.toString(16).charCodeAt(0)] = i;

/** Digests of 32 bytes, given in lower-case hexadecimal. */
export class DigestTable {
  readonly #segments: Buffer[] = [];
  readonly #slots = new IdTable();
  readonly #scratch = new Uint8Array(DIGEST_BYTES);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Reads 64 digits of `text`, after the first two a slash if `slashed`. Returns -1 if they are no hexadecimal digits. */
  intern(text: ByteString, slashed: boolean): number {
    for (let i = 0; i < DIGEST_BYTES; i++) {
      const at = slashed && i > 0 ? 2 * i + 1 : 2 * i;
      const high = HEX_VALUES[text.charCodeAt(at) & 0xff]!;
      const low = HEX_VALUES[text.charCodeAt(at + 1) & 0xff]!;
      if (high === NOT_HEX || low === NOT_HEX) return -1;
      this.#scratch[i] = (high << 4) | low;
    }
    return this.#add();
  }

  #add(): number {
    this.#slots.reserve(this.#count + 1, (id) => this.#hash(this.segment(id), this.offset(id)));
    const { mask } = this.#slots;
    let slot = this.#hash(this.#scratch, 0) & mask;
    for (let id = this.#slots.at(slot); id >= 0; id = this.#slots.at(slot)) {
      if (this.#isScratch(id)) return id;
      slot = (slot + 1) & mask;
    }
    const id = this.#count++;
    if (id % PER_SEGMENT === 0) this.#segments.push(Buffer.allocUnsafeSlow(PER_SEGMENT * DIGEST_BYTES));
    this.segment(id).set(this.#scratch, this.offset(id));
    this.#slots.set(slot, id);
    return id;
  }

  #hash(bytes: Uint8Array, at: number): number {
    let hash = HASH_START;
    for (let i = 0; i < DIGEST_BYTES; i++) hash = Math.imul(hash ^ bytes[at + i]!, HASH_FACTOR);
    return (hash ^ (hash >>> 15)) >>> 0;
  }

  #isScratch(id: number): boolean {
    const segment = this.segment(id);
    const offset = this.offset(id);
    for (let i = 0; i < DIGEST_BYTES; i++) if (segment[offset + i] !== this.#scratch[i]) return false;
    return true;
  }

  /** The digest of an id is at `offset(id)` in `segment(id)`. */
  segment(id: number): Buffer {
    return this.#segments[Math.floor(id / PER_SEGMENT)]!;
  }

  offset(id: number): number {
    return (id % PER_SEGMENT) * DIGEST_BYTES;
  }

  /** Negative, 0 or positive, in byte order. */
  compare(a: number, b: number): number {
    const from = this.offset(a);
    const other = this.offset(b);
    return this.segment(a).compare(this.segment(b), other, other + DIGEST_BYTES, from, from + DIGEST_BYTES);
  }

  /** Writes the digest as a path: a slash after the first two digits. */
  copyHex(id: number, into: Uint8Array, at: number): void {
    const segment = this.segment(id);
    const offset = this.offset(id);
    let to = at;
    for (let i = 0; i < DIGEST_BYTES; i++) {
      const byte = segment[offset + i]!;
      into[to++] = HEX_CODES[byte >> 4]!;
      into[to++] = HEX_CODES[byte & 15]!;
      if (i === 0) into[to++] = SLASH;
    }
  }

  hex(id: number): string {
    const offset = this.offset(id);
    return this.segment(id).toString('hex', offset, offset + DIGEST_BYTES);
  }
}
