// Fields of tar headers and records of pax headers, all untrusted.
import type { ByteString } from '../model/bytes.ts';

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Reads one header block. */
export class TarHeader {
  readonly #block: Buffer;
  readonly #refuse: (rule: string) => never;

  constructor(block: Buffer, refuse: (rule: string) => never) {
    this.#block = block;
    this.#refuse = refuse;
  }

  text(offset: number, length: number): ByteString {
    const text = this.#block.toString('latin1', offset, offset + length);
    const end = length === 1 ? -1 : text.indexOf('\0');
    return end < 0 ? text : text.slice(0, end);
  }

  /**
   * Octal, or base 256 if the first bit is set; the second bit is then the sign. Some writers begin an octal number with a zero
   * byte, when the field before it had no room for its own.
   */
  signed(offset: number, length: number, field: string): bigint {
    const first = this.#block[offset]!;
    if ((first & 0x80) === 0) {
      const digits = this.#block.toString('latin1', offset, offset + length).replace(/^[\0 ]+/, '');
      const text = digits.split('\0', 1)[0]!.trim();
      if (!/^[0-7]*$/.test(text)) this.#refuse(`${field} is not an octal number`);
      return text === '' ? 0n : BigInt(`0o${text}`);
    }
    let value = BigInt(first & 0x7f);
    for (let i = 1; i < length; i++) value = (value << 8n) | BigInt(this.#block[offset + i]!);
    return (first & 0x40) === 0 ? value : BigInt.asIntN(8 * length - 1, value);
  }

  number(offset: number, length: number, field: string): number {
    const value = this.signed(offset, length, field);
    if (value < 0n || value > MAX_SAFE) this.#refuse(`${field} is out of range`);
    return Number(value);
  }

  /** Prefix and name. GNU's own form uses the prefix field for other data. */
  path(): ByteString {
    const isUstar = this.#block.toString('latin1', 257, 263) === 'ustar\0';
    const prefix = isUstar ? this.text(345, 155) : '';
    return prefix === '' ? this.text(0, 100) : `${prefix}/${this.text(0, 100)}`;
  }

  check(): void {
    let sum = 0;
    let signedSum = 0;
    for (const [i, byte] of this.#block.entries()) {
      const counted = i >= 148 && i < 156 ? 0x20 : byte;
      sum += counted;
      signedSum += counted > 127 ? counted - 256 : counted;
    }
    const stated = this.number(148, 8, 'checksum');
    if (stated !== sum && stated !== signedSum) this.#refuse('a header has a wrong checksum');
  }
}
