// fs-verity digests of contents that arrive in pieces, by the C library: one call for many blocks.
import { DIGEST_BYTES } from '../model/interned.ts';
import { library } from './timed.ts';

export interface Digester {
  update(bytes: Uint8Array): void;
  /** 64 hex digits. The next update begins another file. */
  digest(): string;
  close(): void;
}

interface Functions {
  readonly open: () => unknown;
  readonly update: (digester: unknown, bytes: Uint8Array, count: number) => void;
  readonly final: (digester: unknown, into: Uint8Array) => void;
  readonly close: (digester: unknown) => void;
}

const bound = (): Functions | null => {
  if (library === null) return null;
  return {
    open: library.func('timed_digest_open', 'void *', []),
    update: library.func('timed_digest_update', 'void', ['void *', 'const void *', 'uint64_t']),
    final: library.func('timed_digest_final', 'void', ['void *', 'void *']),
    close: library.func('timed_digest_close', 'void', ['void *']),
  };
};

const functions = bound();
const digestBytes = Buffer.alloc(DIGEST_BYTES);

/** Null without the library, or without SHA-256 in the process. */
export const compiledDigester = (): Digester | null => {
  if (functions === null) return null;
  const { update, final, close } = functions;
  const digester = functions.open();
  if (digester === null) return null;
  return {
    update: (bytes) => update(digester, bytes, bytes.length),
    digest() {
      final(digester, digestBytes);
      return digestBytes.toString('hex');
    },
    close: () => close(digester),
  };
};
