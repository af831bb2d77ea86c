// The attribute list of a dump line, under the format's budget.
import { type ByteString, copyOf } from '../model/bytes.ts';
import type { Xattr } from '../model/tree.ts';
import { BrokenRule, decode, decodeName } from './dump-fields.ts';

const MAX_LIST_BYTES = 65535;
const MAX_KEY_BYTES = 255;
const BUDGET_BYTES = 32767;
const ENTRY_BYTES = 7;
const FIRST_BYTES = 12;

const parseList = (list: ByteString): readonly Xattr[] => {
  if (list.length > MAX_LIST_BYTES)
    throw new BrokenRule(`the attributes are longer than ${MAX_LIST_BYTES} bytes`);
  const values = new Map<ByteString, ByteString>();
  // Negative means that the reference's unsigned counter wrapped: replacing a value can subtract more than was added.
  let spentBytes = 0;
  for (let at = 0; at < list.length; ) {
    const space = list.indexOf(' ', at);
    const end = space < 0 ? list.length : space;
    const item = list.slice(at, end);
    at = end + 1;
    const equals = item.indexOf('=');
    if (equals < 0)
      throw new BrokenRule(
        'an attribute is not KEY=VALUE',
        'check for two spaces in a row, which make an empty attribute',
      );
    const key = decodeName('an attribute key', item.slice(0, equals));
    const value = decode('an attribute value', item.slice(equals + 1));
    if (key.length === 0 || key.length > MAX_KEY_BYTES)
      throw new BrokenRule(`an attribute key is not 1 to ${MAX_KEY_BYTES} bytes`);
    const old = values.get(key);
    if (old !== undefined) {
      values.delete(key);
      spentBytes = values.size === 0 ? 0 : spentBytes - (ENTRY_BYTES + key.length + old.length);
    }
    spentBytes += ENTRY_BYTES + key.length + value.length + (values.size === 0 ? FIRST_BYTES : 0);
    if (spentBytes < 0 || spentBytes > BUDGET_BYTES)
      throw new BrokenRule(`the attributes of an entry need more than ${BUDGET_BYTES} bytes`);
    values.set(key, value);
  }
  return [...values];
};

const MAX_KNOWN = 1024;
const MAX_KNOWN_BYTES = 512;
const NONE: readonly Xattr[] = [];

/** Caches parsed lists, because labels repeat from line to line. */
export class XattrLists {
  readonly #known = new Map<ByteString, readonly Xattr[]>();

  parse(list: ByteString): readonly Xattr[] {
    if (list === '') return NONE;
    const known = this.#known.get(list);
    if (known !== undefined) return known;
    const parsed = parseList(list);
    if (this.#known.size < MAX_KNOWN && list.length <= MAX_KNOWN_BYTES) {
      const own = copyOf(list);
      this.#known.set(own, parseList(own));
    }
    return parsed;
  }
}
