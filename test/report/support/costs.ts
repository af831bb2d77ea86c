// Prints the cost of a program as JSON in its last line: node --import PATH PROGRAM.
//
// Reads:  VmHWM in /proc/self/status. Not ru_maxrss, which inherits the parent's peak.
import { readFileSync, writeSync } from 'node:fs';

process.on('exit', () => {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  const { user, system } = process.cpuUsage();
  writeSync(1, `${JSON.stringify({ peakBytes: Number(kib) * 1024, cpuSeconds: (user + system) / 1e6 })}\n`);
});
