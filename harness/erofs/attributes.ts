// The attributes of one entry while overlayfs's own are added, within the format's budget. As in the reference, the budget counts
// only added attributes, in unsigned 64 bits, so that replacing a longer value wraps and is refused.
import { type ByteString, compareBytes } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { Xattr } from '../model/tree.ts';

const BUDGET_BYTES = 32767;
const ENTRY_BYTES = 7;
const FIRST_BYTES = 12;

export class Attributes {
  readonly #values: Map<ByteString, ByteString>;
  readonly #path: () => string;
  /** Negative: the reference's counter would have wrapped. */
  #spent = 0;

  constructor(xattrs: readonly Xattr[], path: () => string) {
    this.#values = new Map(xattrs);
    this.#path = path;
  }

  set(key: ByteString, value: ByteString): void {
    const old = this.#values.get(key);
    if (old !== undefined) {
      this.#values.delete(key);
      this.#spent = this.#values.size === 0 ? 0 : this.#spent - (ENTRY_BYTES + key.length + old.length);
    }
    const spent =
      this.#spent + ENTRY_BYTES + key.length + value.length + (this.#values.size === 0 ? FIRST_BYTES : 0);
    if (spent < 0 || spent > BUDGET_BYTES)
      throw new UserError('the attributes of an entry exceed the limit of the format', {
        code: 'xattr-budget',
        facts: [`path: ${this.#path()}`, `attribute: ${key}`],
      });
    this.#spent = spent;
    this.#values.set(key, value);
  }

  sorted(): Xattr[] {
    return [...this.#values].sort(([a], [b]) => compareBytes(a, b));
  }
}
