// FUSE requests by opcode. The server counts each request when it reads it.
//
// Reads:  the server's shared counters (u64 per opcode) before and after each phase.
// Error:  exact. Some passes have a few extra READDIRPLUS or READLINK, because single cached pages were evicted: compare the
//         minimum of several passes.
// Source: include/uapi/linux/fuse.h (enum fuse_opcode).
import { readFileSync } from 'node:fs';
import type { Metric } from '../../results/schema/run.ts';
import type { Probe } from '../model/scenario.ts';

const OPCODES: Readonly<Record<number, string>> = {
  1: 'Lookup',
  2: 'Forget',
  3: 'Getattr',
  5: 'Readlink',
  14: 'Open',
  15: 'Read',
  17: 'Statfs',
  18: 'Release',
  22: 'Getxattr',
  23: 'Listxattr',
  25: 'Flush',
  26: 'Init',
  27: 'Opendir',
  28: 'Readdir',
  29: 'Releasedir',
  34: 'Access',
  36: 'Interrupt',
  38: 'Destroy',
  39: 'Ioctl',
  42: 'BatchForget',
  44: 'Readdirplus',
  46: 'Lseek',
  50: 'Syncfs',
  52: 'Statx',
};
/** The slots from 500 on count other things. */
const SLOTS = 500;

const nameOf = (opcode: number): string => OPCODES[opcode] ?? `Opcode${opcode}`;

const metric = (title: string): Metric => ({ title, better: 'lower', noise: 'quasi' });

const read = (path: string): Float64Array => {
  const bytes = readFileSync(path);
  const counts = new Float64Array(SLOTS);
  for (let i = 0; i < SLOTS && (i + 1) * 8 <= bytes.length; i++)
    counts[i] = Number(bytes.readBigUInt64LE(i * 8));
  return counts;
};

/** The actor that writes them. */
const SERVER = 'cfs-fuse';

export const probe: Probe = {
  id: 'fuse-requests',
  title: 'FUSE requests',
  needs: [{ title: 'the compiled server cfs-fuse', anyOf: ['cfs-fuse'] }],
  passes: ['count'],
  metrics: {
    fuseRequestCount: metric('FUSE requests, all opcodes'),
    ...Object.fromEntries(
      Object.values(OPCODES).map((name) => [
        `fuse${name}Count`,
        metric(`FUSE ${name.toUpperCase()} requests`),
      ]),
    ),
  },
  async arm({ machine }) {
    const counters = machine.requestCounters;
    const sum = new Float64Array(SLOTS);
    let before: Float64Array = new Float64Array(SLOTS);
    const servers: number[] = [];
    // The server may still handle an INIT or a FORGET after the call that caused it returned.
    const settle = (): void => {
      machine.meters.waitForIdle(servers);
    };
    return {
      start() {
        settle();
        if (counters !== null) before = read(counters);
      },
      stop() {
        if (counters === null) return;
        settle();
        const after = read(counters);
        for (let i = 0; i < SLOTS; i++) sum[i] = sum[i]! + after[i]! - before[i]!;
      },
      serverStarted(actor, pid) {
        // Other servers do not write the counters.
        if (actor === SERVER) servers.push(pid);
      },
      async collect() {
        if (servers.length === 0 || counters === null) return {}; // Without a server the count is missing, not zero.
        const values: Record<string, number> = { fuseRequestCount: sum.reduce((a, b) => a + b, 0) };
        for (const opcode of Object.keys(OPCODES)) values[`fuse${nameOf(Number(opcode))}Count`] = 0;
        sum.forEach((count, opcode) => {
          if (count > 0) values[`fuse${nameOf(opcode)}Count`] = count;
        });
        return { values };
      },
    };
  },
};
