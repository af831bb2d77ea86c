// Counts the system calls of commands by running each under strace.
//
// Needs:   strace, and permission to trace child processes.
// Error:   exact for commands; servers and the harness are not counted.
// Cost:    about 50 times the run time of a command that lists a tree: for counting passes only.
// Leaves:  nothing: the output file of each command is removed after reading.
// Source:  strace(1), -c and -f.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CallCounter, CallsOfProcess } from '../model/machine.ts';

/** `% time  seconds  usecs/call  calls  errors  syscall`; errors may be blank. */
const ROW = /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)(?:\s+\d+)?\s+(\w+)\s*$/;

export const parseStraceSummary = (text: string): Map<string, number> => {
  const calls = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, count, name] = ROW.exec(line) ?? [];
    if (count !== undefined && name !== undefined && name !== 'total') calls.set(name, Number(count));
  }
  return calls;
};

interface TracedCommand {
  readonly argv: readonly string[];
  /** Reads strace's output for the command with this process id. */
  exited(pid: number): void;
}

export interface StraceCounter extends CallCounter {
  wrap(argv: readonly string[]): TracedCommand;
}

export const openStraceCounter = (scratch: string): StraceCounter => {
  const processes = new Map<number, CallsOfProcess>();
  let number = 0;
  return {
    source: 'strace',
    snapshot: () => new Map(processes),
    close() {},
    wrap(argv) {
      const file = join(scratch, `strace-${process.pid}-${number++}`);
      return {
        argv: ['strace', '-f', '-c', '-o', file, '--', ...argv],
        exited(pid) {
          processes.set(pid, {
            main: parseStraceSummary(readFileSync(file, 'utf8')),
            otherThreads: new Map(),
          });
          rmSync(file);
        },
      };
    },
  };
};
