// Reads composefs dump text into a tree: one entry per line, parents first.
//
// Source: the composefs dump format, composefs-dump(5).
import { type ByteString, fromBytes, show } from '../model/bytes.ts';
import { newTreeBuilder } from '../model/columns.ts';
import { UserError } from '../model/errors.ts';
import { LIMITS } from '../model/input-limits.ts';
import { S_IFDIR, S_IFMT, type Tree } from '../model/tree.ts';
import { BrokenRule } from './dump-fields.ts';
import { parseLine } from './dump-line.ts';
import { XattrLists } from './dump-xattrs.ts';

export interface DumpOptions {
  /** Also apply the rules that the reference applies only with CFS_PARSE_STRICT. */
  readonly strict?: boolean;
}

const SHOWN_BYTES = 100;

const shorten = (line: ByteString): string =>
  line.length > SHOWN_BYTES ? `${show(line.slice(0, SHOWN_BYTES))}...` : show(line);

const refused = (line: number, rule: string, text: ByteString | null, hint?: string): UserError =>
  new UserError(`dump line ${line}: ${rule}`, {
    code: 'bad-dump',
    facts: [`line: ${line}`, `rule: ${rule}`, ...(text === null ? [] : [`text: ${shorten(text)}`])],
    ...(hint === undefined ? {} : { hint }),
  });

/** Reads text in pieces of any size. */
export class DumpReader {
  readonly #builder = newTreeBuilder();
  readonly #strict: boolean;
  readonly #xattrs = new XattrLists();
  #line = 0;
  #rest = '';
  #restHasZero = false;
  /** The directory of the last entry, because consecutive entries are usually siblings. */
  #lastDirectory: ByteString = '';
  #lastParent = 0;

  constructor({ strict = false }: DumpOptions = {}) {
    this.#strict = strict;
  }

  push(bytes: Uint8Array): void {
    const hasZero = bytes.includes(0);
    const text = this.#rest + fromBytes(bytes);
    const zeros = hasZero || this.#restHasZero;
    let at = 0;
    for (let end = text.indexOf('\n', this.#rest.length); end >= 0; end = text.indexOf('\n', at)) {
      this.#readLine(text.slice(at, end), zeros);
      at = end + 1;
    }
    this.#rest = text.slice(at);
    this.#restHasZero = zeros;
    if (this.#rest.length > LIMITS.dumpLineBytes)
      throw refused(this.#line + 1, `the line is longer than ${LIMITS.dumpLineBytes} bytes`, this.#rest);
  }

  /** The reader must not be used afterwards. */
  finish(): Tree {
    if (this.#rest !== '') {
      const last = this.#rest;
      this.#readLine(last, this.#restHasZero);
      if (this.#strict) throw refused(this.#line, 'the last line has no newline', last);
    }
    if (this.#line === 0)
      throw refused(1, 'the dump has no entries', null, 'a dump begins with the root: / 4096 40755 …');
    try {
      return this.#builder.finish();
    } catch (error) {
      // One entry per line: the line number is the index plus one.
      if (error instanceof UserError && 'index' in error && typeof error.index === 'number')
        throw refused(error.index + 1, error.message, null, error.hint ?? error.facts.join(', '));
      throw error;
    }
  }

  #readLine(line: ByteString, mayHaveZero: boolean): void {
    this.#line++;
    try {
      if (mayHaveZero && line.includes('\0'))
        throw new BrokenRule('the line has a NUL byte', 'write it as \\x00');
      this.#add(line);
    } catch (error) {
      if (error instanceof BrokenRule) throw refused(this.#line, error.message, line, error.hint);
      if (error instanceof UserError) throw refused(this.#line, error.message, line, error.hint);
      throw error;
    }
  }

  #add(line: ByteString): void {
    const parsed = parseLine(line, { strict: this.#strict, xattrs: this.#xattrs });
    const { path } = parsed;
    if (path === '/') {
      if (parsed.kind === 'link' || (parsed.inode.mode & S_IFMT) !== S_IFDIR)
        throw new BrokenRule('the root is not a directory');
      this.#builder.add(-1, '', parsed.inode);
      return;
    }
    if (this.#line === 1)
      throw new BrokenRule('the first entry is not the root', 'a dump begins with the entry /');
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    if (name === '') throw new BrokenRule('PATH ends in /', 'only the root path ends in a slash');
    const parent = this.#directory(path.slice(0, slash + 1));
    if (parsed.kind === 'link') this.#builder.addLink(parent, name, parsed.target);
    else this.#builder.add(parent, name, parsed.inode);
  }

  #directory(path: ByteString): number {
    if (path === this.#lastDirectory) return this.#lastParent;
    let at = 0;
    for (const part of path.split('/')) {
      if (part === '') continue;
      const next = this.#builder.child(at, part);
      if (next === undefined)
        throw new BrokenRule(
          'the directory of the entry does not exist',
          'list a directory before its entries',
        );
      at = next;
    }
    this.#lastDirectory = path;
    this.#lastParent = at;
    return at;
  }
}

export const parseDump = (text: Uint8Array, options: DumpOptions = {}): Tree => {
  const reader = new DumpReader(options);
  reader.push(text);
  return reader.finish();
};
