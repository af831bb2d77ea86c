// CPU affinity of the calling thread. Processes that it starts inherit the mask.
//
// Does:    sched_setaffinity(2) on this thread only; other threads of the runtime keep their mask.
// Error:   kernel threads and interrupts are not bound.
// Leaves:  nothing: the caller restores the previous mask.
// Source:  sched_setaffinity(2).
import { bind, check } from './libc.ts';

const MASK_BYTES = 1024;
const cGet = bind<(pid: number, size: number, mask: Uint8Array) => number>(
  'sched_getaffinity',
  'int',
  'size_t',
  'void *',
);
const cSet = bind<(pid: number, size: number, mask: Uint8Array) => number>(
  'sched_setaffinity',
  'int',
  'size_t',
  'void *',
);

const readMask = (): Buffer => {
  const mask = Buffer.alloc(MASK_BYTES);
  check(cGet(0, MASK_BYTES, mask), 'sched_getaffinity');
  return mask;
};

/** CPUs that this thread may run on, ascending. */
export const allowedCpus = (): readonly number[] => {
  const mask = readMask();
  return Array.from({ length: MASK_BYTES * 8 }, (_, cpu) => cpu).filter(
    (cpu) => (mask[cpu >> 3]! & (1 << (cpu & 7))) !== 0,
  );
};

export const runOn = (cpus: readonly number[]): void => {
  const mask = Buffer.alloc(MASK_BYTES);
  for (const cpu of cpus) mask[cpu >> 3]! |= 1 << (cpu & 7);
  check(cSet(0, MASK_BYTES, mask), 'sched_setaffinity');
};

/** Pins to the last allowed CPU, because the first handles most interrupts. Returns a function that restores the mask. */
export const pinToOneCpu = (): (() => void) => {
  const before = readMask();
  runOn(allowedCpus().slice(-1));
  return () => {
    check(cSet(0, MASK_BYTES, before), 'sched_setaffinity');
  };
};
