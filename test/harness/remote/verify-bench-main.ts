// Measures the verification of objects against its bar: 500 MB/s of one CPU, or 0.75 of what SHA-256 alone reaches here.
//
//   node build/test/harness/remote/verify-bench-main.js [ROUNDS]
//
// Does:   digests 64 MiB in pieces of 64 KiB, as they arrive from a socket: as objects are verified, by JavaScript, and with SHA-256 alone,
//         in turns.
// Error:  CPU time of this process; other load on the machine adds cache misses, to all alike.
// Exits:  1 under both bars.
import { createHash } from 'node:crypto';
import { Digesters } from '../../../harness/remote/digesters.ts';
import { VerityHasher } from '../../../harness/store/verity.ts';

const ROUNDS = 9;
const TOTAL_BYTES = 64 * 2 ** 20;
const PIECE_BYTES = 64 * 2 ** 10;
const LEAST_MB_PER_S = 500;
const LEAST_RATIO = 0.75;

const pieces = Array.from({ length: TOTAL_BYTES / PIECE_BYTES }, (_, i) => Buffer.alloc(PIECE_BYTES, i));
const digesters = new Digesters();

const ways: Readonly<Record<string, () => unknown>> = {
  'SHA-256 alone': () => {
    const hash = createHash('sha256');
    for (const piece of pieces) hash.update(piece);
    return hash.digest();
  },
  'fs-verity, as objects are verified': () => {
    const verifying = digesters.begin();
    for (const piece of pieces) verifying.update(piece);
    return verifying.digest();
  },
  'fs-verity in JavaScript': () => {
    const hasher = new VerityHasher();
    for (const piece of pieces) hasher.update(piece);
    return hasher.digest();
  },
};

const megabytesPerS = (work: () => unknown): number => {
  const from = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(from);
  return TOTAL_BYTES / (user + system);
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const rates: Record<string, number[]> = {};
for (let round = 0; round < Number(process.argv[2] ?? ROUNDS); round++)
  for (const [name, work] of Object.entries(ways)) {
    rates[name] ??= [];
    rates[name].push(megabytesPerS(work));
  }
digesters.close();
const [alone, verified] = Object.keys(ways).map((name) => median(rates[name]!)) as [number, number];
for (const [name, values] of Object.entries(rates))
  process.stdout.write(`${name.padEnd(36)}${median(values).toFixed(0)} MB/s\n`);
process.stdout.write(`verification ÷ SHA-256 alone: ${(verified / alone).toFixed(2)}\n`);
process.exit(verified >= LEAST_MB_PER_S || verified / alone >= LEAST_RATIO ? 0 : 1);
