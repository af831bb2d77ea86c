// Says on its last line what a program cost, as JSON: node --import PATH PROGRAM.
//
// Reads:  VmHWM in /proc/self/status, which begins anew with the program; ru_maxrss would be the parent's where that was larger.
import { readFileSync, writeSync } from 'node:fs';

process.on('exit', () => {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  const { user, system } = process.cpuUsage();
  writeSync(1, `${JSON.stringify({ peakBytes: Number(kib) * 1024, cpuSeconds: (user + system) / 1e6 })}\n`);
});
