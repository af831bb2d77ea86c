// Memory of the kernel and of a process.
//
// Reads:   /proc/meminfo, /proc/vmstat, /proc/slabinfo, /proc/sys/vm/stat_refresh, /proc/PID/{status,smaps_rollup}.
// Needs:   root for slabinfo and stat_refresh; without it the list of caches is empty and small changes appear late.
// Error:   free slabs count; the kernel merges caches of equal size under one name (slab_merge); other processes of the machine
//          are included.
// Cost:    less than a millisecond.
// Source:  Documentation/filesystems/proc.rst, mm/slab_common.c (columns of slabinfo 2.1).
import type { KernelMemory, ProcessMemory } from '../model/machine.ts';
import { numberAfter } from './moment.ts';
import { readText } from './read-text.ts';

const KIB = 1024;

/** Cache name to objects in use and their bytes. */
const parseSlabinfo = (lines: string): KernelMemory['caches'] =>
  new Map(
    lines.split('\n').flatMap((line) => {
      const found = /^(\S+)\s+(\d+)\s+\d+\s+(\d+)\s/.exec(line);
      if (found === null) return [];
      const [, name = '', objects, bytes] = found;
      return [[name, { objectCount: Number(objects), bytes: Number(objects) * Number(bytes) }] as const];
    }),
  );

export const kernelMemory = (): KernelMemory => {
  // Adds the per-CPU counters to the sums.
  readText('/proc/sys/vm/stat_refresh');
  const meminfo = readText('/proc/meminfo');
  const vmstat = readText('/proc/vmstat');
  const bytes = (name: string): number => (numberAfter(meminfo, name) ?? 0) * KIB;
  const caches = parseSlabinfo(readText('/proc/slabinfo') ?? '');
  return {
    slabBytes: bytes('Slab'),
    percpuBytes: bytes('Percpu'),
    stackBytes: bytes('KernelStack'),
    pageTableBytes: bytes('PageTables'),
    cachedBytes: bytes('Cached'),
    availableBytes: bytes('MemAvailable'),
    dropCount: (numberAfter(vmstat, 'drop_pagecache') ?? 0) + (numberAfter(vmstat, 'drop_slab') ?? 0),
    slabObjectBytes: [...caches.values()].reduce((sum, { bytes: held }) => sum + held, 0),
    caches,
  };
};

export const processMemory = (pid: number): ProcessMemory | null => {
  const peak = numberAfter(readText(`/proc/${pid}/status`), 'VmHWM');
  const share = numberAfter(readText(`/proc/${pid}/smaps_rollup`), 'Pss');
  return peak === null ? null : { peakBytes: peak * KIB, shareBytes: (share ?? peak) * KIB };
};
