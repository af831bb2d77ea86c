// Digesters for objects that arrive side by side, and the time that verification takes.
import { VerityHasher } from '../store/verity.ts';
import { compiledDigester, type Digester } from '../sys/digest.ts';

/** By Node.js: a call for each block of 4096 bytes takes longer. */
const plainDigester = (): Digester => {
  let hasher = new VerityHasher();
  return {
    update: (bytes) => void hasher.update(bytes),
    digest() {
      const digest = hasher.digest();
      hasher = new VerityHasher();
      return digest;
    },
    close() {},
  };
};

const NS_PER_MS = 1e6;

/** One file that is being verified. */
export interface Verifying {
  update(bytes: Uint8Array): void;
  /** 64 hex digits. It must not be used afterwards; it is called also for a file that is given up. */
  digest(): string;
}

/** Amount verified so far. */
export interface Verified {
  count: number;
  bytes: number;
  ns: number;
}

/** Adds the time of a step of verification. */
export const verifying = <T>(verified: Verified, work: () => T): T => {
  const from = performance.now();
  const result = work();
  verified.ns += (performance.now() - from) * NS_PER_MS;
  return result;
};

export class Digesters {
  readonly #free: Digester[] = [];
  readonly verified: Verified = { count: 0, bytes: 0, ns: 0 };

  begin(): Verifying {
    const digester = this.#free.pop() ?? compiledDigester() ?? plainDigester();
    const { verified } = this;
    return {
      update(bytes) {
        verifying(verified, () => digester.update(bytes));
        verified.bytes += bytes.length;
      },
      digest: () => {
        const digest = verifying(verified, () => digester.digest());
        verified.count++;
        this.#free.push(digester);
        return digest;
      },
    };
  }

  close(): void {
    for (const digester of this.#free.splice(0)) digester.close();
  }
}
