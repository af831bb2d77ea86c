// Sequential output, passed on in pieces that reuse one buffer.
const SHORT_BYTES = 64;

export class Output {
  bytes: Buffer;
  #view: DataView;
  /** Offset in `bytes`. */
  at = 0;
  /** Offset of `bytes` in the image. */
  #before = 0;

  constructor(capacityBytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacityBytes);
    this.#view = new DataView(this.bytes.buffer);
  }

  get position(): number {
    return this.#before + this.at;
  }

  /** Makes room for `length` more bytes. */
  reserve(length: number): void {
    if (this.at + length <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.at + length, 2 * this.bytes.length));
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  /** The bytes since the last call. Valid until the next write. */
  take(): Buffer {
    const piece = this.bytes.subarray(0, this.at);
    this.#before += this.at;
    this.at = 0;
    return piece;
  }

  // The number writers need room from `reserve`.

  u8(value: number): void {
    this.bytes[this.at++] = value;
  }

  u16(value: number): void {
    this.#view.setUint16(this.at, value, true);
    this.at += 2;
  }

  u32(value: number): void {
    this.#view.setUint32(this.at, value, true);
    this.at += 4;
  }

  u64(value: bigint): void {
    this.#view.setBigUint64(this.at, BigInt.asUintN(64, value), true);
    this.at += 8;
  }

  put(source: Uint8Array): void {
    this.reserve(source.length);
    if (source.length > SHORT_BYTES) this.bytes.set(source, this.at);
    else for (let i = 0; i < source.length; i++) this.bytes[this.at + i] = source[i]!;
    this.at += source.length;
  }

  fill(value: number, length: number): void {
    this.reserve(length);
    const end = this.at + length;
    // For short gaps a loop is faster than a runtime call.
    if (length > SHORT_BYTES) this.bytes.fill(value, this.at, end);
    else for (let i = this.at; i < end; i++) this.bytes[i] = value;
    this.at = end;
  }

  zerosTo(position: number): void {
    if (position > this.position) this.fill(0, position - this.position);
  }

  padTo(alignment: number): void {
    const over = this.position % alignment;
    if (over > 0) this.fill(0, alignment - over);
  }
}
