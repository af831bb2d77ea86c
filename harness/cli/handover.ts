// Data that the outer process of a run passes to the inner one: JSON in one environment variable.
import type { Features } from '../model/machine.ts';
import { FIRST_INHERITED_FD } from '../sys/namespace.ts';
import type { ParallelFacts } from './one-run.ts';
import type { RunFolders } from './work-folder.ts';

export const HANDOVER = 'CFSBENCH_HANDOVER';
/** `HOST:PORT` or `PORT`: the inner process waits there for a debugger. */
export const INSPECT = 'CFSBENCH_INSPECT';

/** The work folder, which the inner process inherits open and locked, as the run folder after it. */
export const WORK_FD = FIRST_INHERITED_FD;

export interface Handover {
  readonly features: Features;
  readonly folders: RunFolders;
  readonly seed: string;
  readonly startedAt: string;
  /** CLOCK_MONOTONIC, which namespaces share. */
  readonly startedNs: string;
  readonly parallel: ParallelFacts;
  /** 0 for a new run; each `--resume` adds one. */
  readonly session: number;
}
