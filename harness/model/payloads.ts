// Interned symlink targets and object paths: equal texts have equal ids. Nearly all paths are a digest in hexadecimal with a slash
// and perhaps an ending; these are stored as 32 bytes and the index of the ending.
import { type ByteString, compareBytes, copyOf } from './bytes.ts';
import { type DigestTable, Texts } from './interned.ts';

export const ABSENT = 0xffffffff;
const TEXT = 0x80000000;
const DIGEST_BITS = 26;
const DIGEST_MASK = 2 ** DIGEST_BITS - 1;
const MAX_ENDINGS = 32;
/** Two digits, a slash, 62 digits. */
const PATH_CHARS = 65;

export class Payloads {
  readonly #digests: DigestTable;
  readonly #texts = new Texts();
  readonly #endings: ByteString[] = [''];

  constructor(digests: DigestTable) {
    this.#digests = digests;
  }

  intern(text: ByteString): number {
    const path = this.#asPath(text);
    return path === null ? (TEXT | this.#texts.intern(text)) >>> 0 : path;
  }

  #asPath(text: ByteString): number | null {
    if (text.length < PATH_CHARS || text.charCodeAt(2) !== 0x2f) return null;
    const ending = this.#endingOf(text.slice(PATH_CHARS));
    if (ending < 0) return null;
    const digest = this.#digests.intern(text, true);
    return digest < 0 || digest > DIGEST_MASK ? null : ending * 2 ** DIGEST_BITS + digest;
  }

  #endingOf(ending: ByteString): number {
    const known = this.#endings.indexOf(ending);
    if (known >= 0 || this.#endings.length === MAX_ENDINGS || ending.length > 16) return known;
    return this.#endings.push(copyOf(ending)) - 1;
  }

  isText(payload: number): boolean {
    return payload >= TEXT;
  }

  /** Of a path: id of the digest. */
  digestOf(payload: number): number {
    return payload & DIGEST_MASK;
  }

  /** Of a path: index of the ending. */
  endingOf(payload: number): number {
    return payload >>> DIGEST_BITS;
  }

  get textCount(): number {
    return this.#texts.count;
  }

  /** Bytes of all targets and paths that are no digests. */
  get textBytes(): number {
    return this.#texts.bytes;
  }

  textId(payload: number): number {
    return (payload & ~TEXT) >>> 0;
  }

  text(payload: number): ByteString {
    if (this.isText(payload)) return this.#texts.text(this.textId(payload));
    const hex = this.#digests.hex(this.digestOf(payload));
    return `${hex.slice(0, 2)}/${hex.slice(2)}${this.#endings[this.endingOf(payload)]!}`;
  }

  length(payload: number): number {
    if (this.isText(payload)) return this.#texts.length(this.textId(payload));
    return PATH_CHARS + this.#endings[this.endingOf(payload)]!.length;
  }

  /** Negative, 0 or positive, in byte order of the texts. */
  compare(a: number, b: number): number {
    if (this.isText(a) || this.isText(b)) return compareBytes(this.text(a), this.text(b));
    return (
      this.#digests.compare(this.digestOf(a), this.digestOf(b)) ||
      compareBytes(this.#endings[this.endingOf(a)]!, this.#endings[this.endingOf(b)]!)
    );
  }

  /** Copies the bytes and returns their number. */
  copy(payload: number, into: Buffer, at: number): number {
    if (this.isText(payload)) return this.#texts.copy(this.textId(payload), into, at);
    this.#digests.copyHex(this.digestOf(payload), into, at);
    const ending = this.#endings[this.endingOf(payload)]!;
    for (let i = 0; i < ending.length; i++) into[at + PATH_CHARS + i] = ending.charCodeAt(i);
    return PATH_CHARS + ending.length;
  }
}
