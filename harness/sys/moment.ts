// The state of the machine at one instant: sources of noise. Most are counters; subtract two readings.
//
// Reads:  /proc/{stat,vmstat,meminfo,loadavg,pressure/*}, /sys/devices/system/{cpu,clocksource}.
// Error:  a virtual machine hides the clock speed of its host; values that cannot be read are null.
// Cost:   about a millisecond, never inside a window.
// Source: Documentation/accounting/psi.rst, Documentation/filesystems/proc.rst, Documentation/admin-guide/pm/cpufreq.rst.
import { readdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import type { Moment } from '../../results/schema/machine.ts';
import { nowNs } from './clock.ts';
import { readText } from './read-text.ts';

const CPU = '/sys/devices/system/cpu';
const KIB = 1024;

export type ReadText = typeof readText;

const namesIn = (folder: string, pattern: RegExp): string[] => {
  try {
    return readdirSync(folder).filter((name) => pattern.test(name));
  } catch {
    return [];
  }
};

/** The number after `name` in a text of names and numbers. */
export const numberAfter = (text: string | null, name: string): number | null => {
  const found = new RegExp(`^${name}:?\\s+(\\d+)`, 'm').exec(text ?? '')?.[1];
  return found === undefined ? null : Number(found);
};

/** Total of the `some` line of a pressure file, microseconds. */
export const pressureUs = (text: string | null): number | null => {
  const found = /^some .*\btotal=(\d+)/m.exec(text ?? '')?.[1];
  return found === undefined ? null : Number(found);
};

interface Ticks {
  readonly all: number;
  readonly idle: number;
  readonly steal: number;
}

/** Columns: user nice system idle iowait irq softirq steal. Guest time is part of user. */
export const ticksOf = (stat: string | null): Ticks | null => {
  const line = /^cpu\s+(.*)$/m.exec(stat ?? '')?.[1];
  if (line === undefined) return null;
  const ticks = line.split(/\s+/).slice(0, 8).map(Number);
  return {
    all: ticks.reduce((a, b) => a + b, 0),
    idle: (ticks[3] ?? 0) + (ticks[4] ?? 0),
    steal: ticks[7] ?? 0,
  };
};

const turboOf = (read: ReadText): boolean | null => {
  const no = read(`${CPU}/intel_pstate/no_turbo`);
  if (no !== null) return no === '0';
  const boost = read(`${CPU}/cpufreq/boost`);
  return boost === null ? null : boost === '1';
};

const sumOrNull = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
};

const asNumber = (text: string | null): number | null =>
  text !== null && /^-?\d+$/.test(text) ? Number(text) : null;

export const readMoment = (read: ReadText = readText): Moment => {
  const [stat, vmstat, meminfo] = ['/proc/stat', '/proc/vmstat', '/proc/meminfo'].map(read) as [
    string | null,
    string | null,
    string | null,
  ];
  const ticks = ticksOf(stat);
  const bytes = (name: string): number | null => {
    const kib = numberAfter(meminfo, name);
    return kib === null ? null : kib * KIB;
  };
  const [swapTotal, swapFree] = [bytes('SwapTotal'), bytes('SwapFree')];
  const throttles = namesIn(CPU, /^cpu\d+$/).map((cpu) =>
    asNumber(read(`${CPU}/${cpu}/thermal_throttle/core_throttle_count`)),
  );
  const smt = read(`${CPU}/smt/active`);
  return {
    at: new Date().toISOString(),
    loadAverage: loadavg(),
    governor: read(`${CPU}/cpu0/cpufreq/scaling_governor`),
    turbo: turboOf(read),
    smt: smt === null ? null : smt === '1',
    clocksource: read('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
    memoryBytes: bytes('MemTotal'),
    memoryAvailableBytes: bytes('MemAvailable'),
    swapUsedBytes: swapTotal === null || swapFree === null ? null : swapTotal - swapFree,
    cpuTicks: ticks?.all ?? null,
    idleTicks: ticks?.idle ?? null,
    stealTicks: ticks?.steal ?? null,
    cpuPressureUs: pressureUs(read('/proc/pressure/cpu')),
    ioPressureUs: pressureUs(read('/proc/pressure/io')),
    memoryPressureUs: pressureUs(read('/proc/pressure/memory')),
    swapInCount: numberAfter(vmstat, 'pswpin'),
    swapOutCount: numberAfter(vmstat, 'pswpout'),
    oomKillCount: numberAfter(vmstat, 'oom_kill'),
    throttleCount: sumOrNull(throttles),
    monotonicNs: nowNs(),
  };
};
