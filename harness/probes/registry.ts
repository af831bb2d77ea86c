// All probes. The wall clock is the last: it starts last and stops first.
import type { Probe } from '../model/scenario.ts';
import { probe as commandStart } from './command-start.ts';
import { probe as cpu } from './cpu.ts';
import { probe as disk } from './disk.ts';
import { probe as fuseRequests } from './fuse-requests.ts';
import { probe as syscalls } from './syscalls.ts';
import { probe as timeline } from './timeline.ts';
import { probe as wall } from './wall.ts';

export const probes: readonly Probe[] = [commandStart, disk, fuseRequests, syscalls, cpu, timeline, wall];
