// What the kernel holds for itself, and what a process holds.
//
// Reads:   /proc/meminfo, /proc/vmstat, /proc/slabinfo, /proc/sys/vm/stat_refresh, /proc/PID/{status,smaps_rollup}.
// Needs:   root for slabinfo and stat_refresh; without it no caches are listed, and sums of small changes lag.
// Error:   slabs that are kept for later use count; caches of equal size are merged under one name (slab_merge); the whole
//          machine is counted, so that others' work is in it.
// Cost:    less than a millisecond.
// Source:  Documentation/filesystems/proc.rst, mm/slab_common.c (columns of slabinfo 2.1).
import { readFileSync } from 'node:fs';
import type { KernelMemory, ProcessMemory } from '../model/machine.ts';
import { numberAfter } from './moment.ts';

const KIB = 1024;

const text = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

/** Cache name to objects in use and their bytes. */
export const parseSlabinfo = (lines: string): KernelMemory['caches'] =>
  new Map(
    lines.split('\n').flatMap((line) => {
      const found = /^(\S+)\s+(\d+)\s+\d+\s+(\d+)\s/.exec(line);
      if (found === null) return [];
      const [, name = '', objects, bytes] = found;
      return [[name, { objectCount: Number(objects), bytes: Number(objects) * Number(bytes) }] as const];
    }),
  );

export const kernelMemory = (): KernelMemory => {
  // Counters that CPUs keep to themselves are folded into the sums.
  text('/proc/sys/vm/stat_refresh');
  const meminfo = text('/proc/meminfo');
  const vmstat = text('/proc/vmstat');
  const bytes = (name: string): number => (numberAfter(meminfo, name) ?? 0) * KIB;
  const caches = parseSlabinfo(text('/proc/slabinfo') ?? '');
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
  const peak = numberAfter(text(`/proc/${pid}/status`), 'VmHWM');
  const share = numberAfter(text(`/proc/${pid}/smaps_rollup`), 'Pss');
  return peak === null ? null : { peakBytes: peak * KIB, shareBytes: (share ?? peak) * KIB };
};
