// C structs of pointers and 32- and 64-bit numbers, encoded for one call into the C library.
import koffi from 'koffi';

/**
 * The buffers that a struct points to, by its bytes. Garbage collection does not see addresses inside the bytes, and may run while only
 * the bytes of a struct remain: when they are passed to the library.
 */
const held = new WeakMap<Uint8Array, Uint8Array[]>();

/** Its bytes keep everything alive that is reachable through its pointers. */
export class CStruct {
  readonly bytes: Buffer;
  #at = 0;

  constructor(bytes: number) {
    this.bytes = Buffer.alloc(bytes);
    held.set(this.bytes, []);
  }

  pointer(to: Uint8Array): this {
    held.get(this.bytes)!.push(to);
    // An empty buffer has no address.
    this.bytes.writeBigInt64LE(to.length === 0 ? 0n : BigInt(koffi.address(to)), this.#at);
    this.#at += 8;
    return this;
  }

  text(value: string): this {
    return this.pointer(Buffer.from(`${value}\0`));
  }

  texts(values: readonly string[]): this {
    const list = new CStruct(8 * values.length);
    for (const value of values) list.text(value);
    return this.pointer(list.bytes);
  }

  i64(value: number): this {
    this.bytes.writeBigInt64LE(BigInt(value), this.#at);
    this.#at += 8;
    return this;
  }

  i32(value: number): this {
    this.bytes.writeInt32LE(value, this.#at);
    this.#at += 4;
    return this;
  }
}
