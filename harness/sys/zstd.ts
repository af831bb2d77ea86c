// Decompression with the system's libzstd, which checks checksums and takes several frames.
//
// Needs:  libzstd.so.1; dpkg, rpm, pacman and systemd need it too.
// Cost:   the history of a frame in memory, at most 128 MiB: frames that need more are refused, as by `zstd -d` without --long.
// Source: zstd.h, "Streaming decompression"; the form with simple arguments is made for calls from other languages.
import koffi from 'koffi';
import { UserError } from '../model/errors.ts';

const LIBRARY = 'libzstd.so.1';
const OUTPUT_BYTES = 1 << 20;

type Size = number | bigint;
type Stream = unknown;

const load = () => {
  let library: ReturnType<typeof koffi.load>;
  try {
    library = koffi.load(LIBRARY);
  } catch {
    throw new UserError(`zstd data cannot be read without ${LIBRARY}`, {
      exit: 4,
      code: 'no-zstd',
      hint: 'apt-get install libzstd1, dnf install libzstd or pacman -S zstd; or decompress with another tool',
    });
  }
  return {
    create: library.func('ZSTD_createDStream', 'void *', []) as () => Stream,
    free: library.func('ZSTD_freeDStream', 'size_t', ['void *']) as (stream: Stream) => Size,
    isError: library.func('ZSTD_isError', 'uint', ['size_t']) as (result: Size) => number,
    errorName: library.func('ZSTD_getErrorName', 'str', ['size_t']) as (result: Size) => string,
    decompress: library.func('ZSTD_decompressStream_simpleArgs', 'size_t', [
      'void *',
      'void *',
      'size_t',
      'void *',
      'const void *',
      'size_t',
      'void *',
    ]) as (
      stream: Stream,
      into: Uint8Array,
      intoBytes: number,
      intoAt: BigUint64Array,
      from: Uint8Array,
      fromBytes: number,
      fromAt: BigUint64Array,
    ) => Size,
  };
};

/** Damaged data; `code` is like those of node:zlib. */
class ZstdError extends Error {
  readonly code = 'Z_DATA_ERROR';
}

let loaded: ReturnType<typeof load> | undefined;

/** Decompresses pieces of any size. `close` must be called. */
export class ZstdStream {
  readonly #zstd: ReturnType<typeof load>;
  readonly #stream: Stream;
  readonly #fromAt = new BigUint64Array(1);
  readonly #intoAt = new BigUint64Array(1);
  /** 0 between frames. */
  #wanted: Size = 1;

  constructor() {
    loaded ??= load();
    this.#zstd = loaded;
    this.#stream = this.#zstd.create();
  }

  /** Pieces of at most 1 MiB. Throws on damaged data. */
  *push(bytes: Uint8Array): Generator<Buffer> {
    this.#fromAt[0] = 0n;
    for (;;) {
      const into = Buffer.allocUnsafe(OUTPUT_BYTES);
      this.#intoAt[0] = 0n;
      this.#wanted = this.#zstd.decompress(
        this.#stream,
        into,
        into.length,
        this.#intoAt,
        bytes,
        bytes.length,
        this.#fromAt,
      );
      if (this.#zstd.isError(this.#wanted) !== 0) throw new ZstdError(this.#zstd.errorName(this.#wanted));
      const filled = Number(this.#intoAt[0]);
      if (filled > 0) yield into.subarray(0, filled);
      if (Number(this.#fromAt[0]) < bytes.length) continue;
      if (filled < into.length || this.#wanted === 0) return;
    }
  }

  /** Throws unless the last frame is complete. */
  end(): void {
    if (this.#wanted !== 0) throw new ZstdError('the data end inside a frame');
  }

  close(): void {
    this.#zstd.free(this.#stream);
  }
}
