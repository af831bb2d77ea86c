// Says on its last line how much memory a program took at most, in bytes: node --import PATH PROGRAM.
//
// Reads:  VmHWM in /proc/self/status, which begins anew with the program; ru_maxrss would be the parent's where that was larger.
import { readFileSync, writeSync } from 'node:fs';

process.on('exit', () => {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  writeSync(1, `${Number(kib) * 1024}\n`);
});
