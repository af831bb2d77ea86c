// Memory of the kernel and of a process.
//
// Reads:   /proc/meminfo, /proc/vmstat, /proc/slabinfo, /proc/sys/vm/stat_refresh, /proc/PID/{status,smaps_rollup}.
// Needs:   root for slabinfo and stat_refresh; without it the caches are null and small changes appear late. A container may have
//          no slabinfo at all; /proc/meminfo has Percpu since Linux 4.20, and smaps_rollup is missing in some sandboxes.
// Error:   free slabs count; the kernel merges caches of equal size under one name (slab_merge); other processes of the machine
//          are included.
// Cost:    less than a millisecond.
// Source:  Documentation/filesystems/proc.rst, mm/slab_common.c (columns of slabinfo 2.1).
import type { KernelMemory, ProcessMemory } from '../model/machine.ts';
import { numberAfter, type ReadText } from './moment.ts';
import { readText } from './read-text.ts';

const KIB = 1024;

/** Cache name to objects in use and their bytes. */
const parseSlabinfo = (lines: string): NonNullable<KernelMemory['caches']> =>
  new Map(
    lines.split('\n').flatMap((line) => {
      const found = /^(\S+)\s+(\d+)\s+\d+\s+(\d+)\s/.exec(line);
      if (found === null) return [];
      const [, name = '', objects, bytes] = found;
      return [[name, { objectCount: Number(objects), bytes: Number(objects) * Number(bytes) }] as const];
    }),
  );

const bytesAfter = (text: string | null, name: string): number | null => {
  const kib = numberAfter(text, name);
  return kib === null ? null : kib * KIB;
};

export const kernelMemory = (read: ReadText = readText): KernelMemory => {
  // Adds the per-CPU counters to the sums.
  read('/proc/sys/vm/stat_refresh');
  const meminfo = read('/proc/meminfo');
  const vmstat = read('/proc/vmstat');
  const slabinfo = read('/proc/slabinfo');
  const bytes = (name: string): number | null => bytesAfter(meminfo, name);
  const caches = slabinfo === null ? null : parseSlabinfo(slabinfo);
  return {
    slabBytes: bytes('Slab'),
    percpuBytes: bytes('Percpu'),
    stackBytes: bytes('KernelStack'),
    pageTableBytes: bytes('PageTables'),
    cachedBytes: bytes('Cached'),
    availableBytes: bytes('MemAvailable'),
    dropCount: (numberAfter(vmstat, 'drop_pagecache') ?? 0) + (numberAfter(vmstat, 'drop_slab') ?? 0),
    slabObjectBytes:
      caches === null ? null : [...caches.values()].reduce((sum, { bytes: held }) => sum + held, 0),
    caches,
  };
};

export const processMemory = (pid: number, read: ReadText = readText): ProcessMemory | null => {
  const peakBytes = bytesAfter(read(`/proc/${pid}/status`), 'VmHWM');
  const shareBytes = bytesAfter(read(`/proc/${pid}/smaps_rollup`), 'Pss');
  return peakBytes === null ? null : { peakBytes, shareBytes };
};
