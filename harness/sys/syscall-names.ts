// Names of system calls on this architecture.
import { ARM64, X86_64 } from './syscall-table.ts';

/** Names in the order of their numbers; `=N` continues at N. */
export const parseTable = (text: string): Map<number, string> => {
  const names = new Map<number, string>();
  let number = 0;
  for (const word of text.trim().split(/\s+/)) {
    if (word.startsWith('=')) number = Number(word.slice(1));
    else names.set(number++, word);
  }
  return names;
};

const names = parseTable(process.arch === 'arm64' ? ARM64 : X86_64);
const numbers = new Map([...names].map(([number, name]) => [name, number]));

/** A call that is newer than the table is named by its number. */
export const callName = (number: number): string => names.get(number) ?? `syscall_${number}`;

export const callNumber = (name: string): number => {
  const number = numbers.get(name);
  if (number === undefined) throw new Error(`unknown system call '${name}'`);
  return number;
};
