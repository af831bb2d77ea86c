// Counters of the machine, as probes read them. All synchronous.

/** User and system CPU time of this process and of its reaped children, nanoseconds. */
export interface CpuUsage {
  readonly userNs: number;
  readonly systemNs: number;
}

export interface CallCounter {
  /** `bpf`: every process of the PID namespace. `strace`: commands only, which it slows. */
  readonly source: 'bpf' | 'strace';
  /** Calls so far by process id (in the harness's PID namespace) and name. Throws if a count was lost. */
  snapshot(): CallSnapshot;
  close(): void;
}
export type CallSnapshot = ReadonlyMap<number, CallsOfProcess>;
export interface CallsOfProcess {
  /** Calls of the main thread; in the harness it runs the windows. */
  readonly main: ReadonlyMap<string, number>;
  readonly otherThreads: ReadonlyMap<string, number>;
}

/** One system call. Times: CLOCK_MONOTONIC, as `process.hrtime` reads it. */
export interface RecordedCall {
  readonly process: number;
  readonly thread: number;
  readonly name: string;
  readonly fromNs: number;
  readonly untilNs: number;
}

export interface CallRecorder {
  /**
   * Calls that have ended, in the order of their ends. `isFull`: later ones are missing. `skippedCount`: beginnings and ends, of any
   * process of the machine, that the kernel did not show; their calls are missing.
   */
  read(): {
    readonly calls: readonly RecordedCall[];
    readonly isFull: boolean;
    readonly skippedCount: number;
  };
  close(): void;
}

export interface Meters {
  kernelMemory(): KernelMemory;
  /** Null if the process exited. */
  processMemory(pid: number): ProcessMemory | null;
  cpu(): CpuUsage;
  /** Null if the process exited. */
  processCpuNs(pid: number): number | null;
  /** Waits until all servers sleep in their wait for requests. Returns those that never became idle. */
  waitForIdle(pids: readonly number[]): readonly number[];
  callCounter(): CallCounter;
  /** Throws where the kernel has no BPF that can do it. */
  callRecorder(): CallRecorder;
  /** Bytes of a file or block device in the page cache. */
  cachedBytes(path: string): number;
  /** Totals of this thread's windows so far. */
  windows(): WindowTotals;
  /** Throws with the reason if no memory controller is available. */
  memoryGroup(): MemoryGroup;
}

/** Totals over the life of the thread. */
export interface WindowTotals {
  /** Sum of the windows' own clock readings. */
  readonly ns: number;
  readonly count: number;
  /** Operations outside windows: single calls, commands, servers. */
  readonly outsideCount: number;
}

/** Memory of the whole machine. */
/** Null: this kernel does not report it, or the harness may not read it. */
export interface KernelMemory {
  /** Whole slabs, including free objects in them. */
  readonly slabBytes: number | null;
  /** Objects in use in all slab caches. */
  readonly slabObjectBytes: number | null;
  readonly percpuBytes: number | null;
  readonly stackBytes: number | null;
  readonly pageTableBytes: number | null;
  readonly cachedBytes: number | null;
  readonly availableBytes: number | null;
  /** Number of cache drops since boot. Readings before and after a drop are not comparable. */
  readonly dropCount: number;
  /** Objects in use by slab cache. */
  readonly caches: ReadonlyMap<string, { readonly objectCount: number; readonly bytes: number }> | null;
}

export interface ProcessMemory {
  /** Peak resident memory since the exec. */
  readonly peakBytes: number;
  /** Resident memory now; shared pages count by share (PSS). Null if the kernel does not report it. */
  readonly shareBytes: number | null;
}

/** A new control group that records the peak memory of its members. */
export interface MemoryGroup {
  /** Path of cgroup.procs: a process that writes `0` to it becomes a member. */
  readonly members: string;
  /** Memory that the process already has stays charged to its old group. */
  add(pid: number): void;
  peakBytes(): number;
  /** Moves live members to the parent group and removes the group. */
  remove(): void;
}
