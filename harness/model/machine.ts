// What backends, probes and scenarios may ask of the machine. One folder implements it.
//
// Paths are the harness's own (work folder, store, mount points): UTF-8 strings. Failures throw SysError.

import type { CallList, MountAttribute, MountOption } from './calls.ts';
import type { ImageObject } from './image.ts';

/** Every feature is found by trying, never by version. */
export type FeatureId =
  | 'root'
  | 'mount-namespace'
  | 'pid-namespace'
  | 'user-namespace'
  | 'sub-ids'
  | 'erofs-file'
  | 'erofs-loop'
  | 'overlay'
  | 'overlay-data-layers'
  | 'overlay-double-colon'
  | 'overlay-layer-fds'
  | 'overlay-single-layers'
  | 'overlay-user-xattr'
  | 'overlay-user-data-layers'
  | 'fuse'
  | 'fuse-passthrough'
  | 'fuse-uring'
  | 'cfs-fuse'
  | 'timed-calls'
  | 'bpf-ledger'
  | 'strace'
  | 'drop-caches'
  | 'residency'
  | 'tar'
  | 'rm'
  | 'cp'
  | 'sha256sum'
  | 'stat'
  | 'find'
  | 'mount-composefs'
  | 'composefs-fuse'
  | 'ls'
  | 'page-frames'
  | 'fs-verity'
  | 'work-reflink'
  | 'xfs-loop'
  | 'ext4-loop'
  | 'mkfs-erofs'
  | 'mkcomposefs'
  | 'gnu-time'
  | 'mksquashfs'
  | 'squashfs-loop'
  | 'dm-verity'
  | 'memory-group'
  | 'work-file-system';

export interface FeatureState {
  readonly ok: boolean;
  /** What was seen: a version, an errno, a path. */
  readonly detail: string;
  /** What to do where it is missing; empty where nothing helps. */
  readonly hint: string;
}

export type Features = Readonly<Record<FeatureId, FeatureState>>;

/** Met when any of the features is there. */
export interface Need {
  readonly title: string;
  readonly anyOf: readonly FeatureId[];
}

/** Direct system calls, synchronous. */
export interface Files {
  mkdir(path: string, mode: number): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  rename(from: string, to: string): void;
  exists(path: string): boolean;
  /** Number of the file system that holds the path: st_dev. */
  deviceOf(path: string): number;
  open(path: string, flags: number, mode?: number): number;
  close(fd: number): void;
  /** Fills `into` from `offset`; returns bytes read, fewer only at end of file. */
  pread(fd: number, into: Uint8Array, offset: number): number;
  /** Writes all of `bytes`. */
  write(fd: number, bytes: Uint8Array): void;
  /** O_CREAT|O_EXCL, one write(2), close. */
  writeNew(path: string, bytes: Uint8Array): void;
  /** Names without `.` and `..`, in directory order, ASCII names only. */
  names(path: string): string[];
  /** Flushes the file system that holds `path`. */
  syncfs(path: string): void;
  /** Whether a write lease on the file is granted, i.e. nobody holds it open. */
  leaseFree(path: string): boolean;
  /** FS_IOC_ENABLE_VERITY of a file that is open for reading; false where the file system has none. */
  enableVerity(fd: number): boolean;
  /** Work on many files in one window; null where it has to be done call by call. */
  readonly batch: BatchFiles | null;
}

/** What no list of calls can hold: how many there are depends on what is there. */
export interface BatchFiles {
  /** SHA-256 is at hand, so that contents can be digested. */
  readonly canDigest: boolean;
  ingest(work: IngestWork): { readonly verity: boolean | null };
  collect(work: CollectWork): void;
  /** Of folders whose files are named by 64 hex digits; a folder goes with all of its files. */
  collectPool(work: PoolWork): void;
  /** A tree, whatever is in it. */
  removeTree(path: string): void;
  makeTree(work: MakeTreeWork): void;
}

export interface IngestWork {
  readonly packPath: string;
  /** An object's first digit chooses one of them. */
  readonly dirs: readonly string[];
  readonly objects: readonly ImageObject[];
  readonly offsets: readonly number[];
  /** The object folders, and `ab` in them as soon as an object comes that belongs into it. */
  readonly makesFolders: boolean;
  /** Digest contents, compare with the name, enable fs-verity where the file system has it. */
  readonly digests: boolean;
}

export interface MakeTreeWork {
  /** A file's first digit chooses one of them. */
  readonly pools: readonly string[];
  /** The tree as it is to be made, one thing after another. */
  readonly nodes: Uint8Array;
}

export interface CollectWork {
  readonly dirs: readonly string[];
  /** Manifests whose objects stay. */
  readonly keep: readonly Uint8Array[];
  /** 32 bytes for each further object that stays. */
  readonly live?: Uint8Array;
  /** Folders that are empty then, the object folders among them. */
  readonly removesFolders: boolean;
}

export interface PoolWork {
  readonly dirs: readonly string[];
  /** 32 bytes for each file that stays. */
  readonly live: Uint8Array;
}

/** The mount API. A context's own messages are part of a SysError's facts. */
export interface Mounts {
  /** fsopen(type), fsconfig for every option in order, create, fsmount: a detached mount's descriptor. */
  create(type: string, options: readonly MountOption[], attributes: readonly MountAttribute[]): number;
  /** A detached, read-only mount of a folder that is there already. */
  clone(path: string): number;
  /** Attaches a detached mount at a path and closes the descriptor. */
  attach(mountFd: number, at: string): void;
  /** umount2(at, 0), or lazily. */
  unmount(at: string, lazy?: boolean): void;
  /** A loop device over `file`, autoclear set: `fd` keeps it until the mount holds it. */
  loop(
    file: string,
    options: { readonly directIo: boolean },
  ): { readonly device: string; readonly fd: number };
  /** LOOP_GET_STATUS64 gives ENXIO. */
  loopFree(device: string): boolean;
  /** Number of the file system that is mounted at this path, which has no device of its own. */
  superblockAt(at: string): number;
  /** Whether the kernel has given up the file system of this number; null where that cannot be told. */
  superblockFree(number: number): boolean | null;
  /** Takes away free loop devices that the kernel had to make for this run: their memory counts for whoever needs them again. */
  removeNewLoops(): Promise<void>;
  /** Ends the conversation behind a FUSE mount at exactly this path, whether its server still answers or not. */
  abortFuse(at: string): boolean;
  /** Whether a mount is attached at exactly this path: one system call. */
  isMount(path: string): boolean;
  /** File system type of the topmost mount at exactly this path, as mountinfo writes it; null when there is none. */
  typeAt(path: string): string | null;
}

export type { MountAttribute, MountOption };

/** What says that nothing holds the source of a mount any more. */
export type SettleCondition =
  /** A write lease on the file is granted: nobody holds it open. */
  | { readonly lease: string }
  /** The loop device is free. */
  | { readonly loop: string }
  /** No mount is attached at exactly this path. */
  | { readonly unmounted: string };

/** A file system of its own, in memory or on a loop file. */
export interface MadeFileSystem {
  readonly root: string;
  /** Blocks and inodes in use, as statfs(2) tells them. */
  usage(): { readonly bytes: number; readonly inodeCount: number };
  /** As it was mounted: what removal from it may have to wait for. Null: its type has no such thing. */
  readonly journal: boolean | null;
  readonly discard: boolean | null;
  /** Names looked up in its directories since it was mounted; null where its type does not tell. */
  lookupCount(): number | null;
  /** Unmounts it, waits for its loop device, removes its file. */
  remove(): void;
}
export type MadeType = 'ext4' | 'xfs' | 'btrfs' | 'tmpfs';

export interface Server {
  readonly pid: number;
  /** Sends words over the socket that its command line names as `{control}`, and waits for the answer. */
  sendCommand(words: readonly string[]): string;
  /** Waits for the process to end (pidfd). False when it still lives after the limit. */
  exited(limitMs: number): boolean;
  /** SIGTERM, then SIGKILL after the limit; reaps it. */
  close(limitMs: number): void;
}

export interface CommandOptions {
  readonly timeoutMs?: number;
  /** Where standard output goes: nowhere unless a path is given. */
  readonly stdout?: string;
}

/** User and system CPU time of this process and of its reaped children, nanoseconds. */
export interface CpuUsage {
  readonly userNs: number;
  readonly systemNs: number;
}

export interface CallCounter {
  /** `bpf`: every process of the namespace. `strace`: commands only, run below it and slowed by it. */
  readonly source: 'bpf' | 'strace';
  /** Process id in the harness's own PID namespace, then system call name, to calls so far. Throws when a count was lost. */
  snapshot(): CallSnapshot;
  close(): void;
}
export type CallSnapshot = ReadonlyMap<number, CallsOfProcess>;
export interface CallsOfProcess {
  /** The thread that runs the window, i.e. the main one. */
  readonly main: ReadonlyMap<string, number>;
  readonly otherThreads: ReadonlyMap<string, number>;
}

/** What probes read. Synchronous. */
export interface Meters {
  kernelMemory(): KernelMemory;
  /** Null where the process has ended. */
  processMemory(pid: number): ProcessMemory | null;
  cpu(): CpuUsage;
  /** CPU time of a live process, or null when it is gone. */
  processCpuNs(pid: number): number | null;
  /** Returns when all servers sleep in their wait for requests and their counts stand still; those of which that never became true. */
  waitForIdle(pids: readonly number[]): readonly number[];
  callCounter(): CallCounter;
  /** Bytes of a file or block device that the page cache holds. */
  cachedBytes(path: string): number;
  /** What this thread's windows took so far. */
  windows(): WindowTotals;
  /** Throws with the reason where no memory controller can be had. */
  memoryGroup(): MemoryGroup;
}

/** Sums over the life of the thread. */
export interface WindowTotals {
  /** By the clock that the windows read themselves. */
  readonly ns: number;
  readonly count: number;
  /** Whatever else was asked of the machine: calls made one by one, commands, servers. */
  readonly outsideCount: number;
}

/** Of the whole machine. */
export interface KernelMemory {
  /** Whole slabs, with what is free in them. */
  readonly slabBytes: number;
  /** Objects in use of all slab caches; 0 where they may not be read. */
  readonly slabObjectBytes: number;
  readonly percpuBytes: number;
  readonly stackBytes: number;
  readonly pageTableBytes: number;
  readonly cachedBytes: number;
  readonly availableBytes: number;
  /** How often somebody dropped caches since the machine was started: what was kept before says nothing of what is kept after. */
  readonly dropCount: number;
  /** Slab cache to its objects in use; empty where they may not be read. */
  readonly caches: ReadonlyMap<string, { readonly objectCount: number; readonly bytes: number }>;
}

export interface ProcessMemory {
  /** The most that was ever resident, since it was executed. */
  readonly peakBytes: number;
  /** What it holds now, with its share of what it holds together with others. */
  readonly shareBytes: number;
}

/** A control group of its own, which remembers the most that its members held. */
export interface MemoryGroup {
  /** The file that a process writes `0` into to become a member, with whatever it executes then. */
  readonly members: string;
  /** What the process holds already stays charged where it was. */
  add(pid: number): void;
  peakBytes(): number;
  /** Members that have not ended go back to the group above. */
  remove(): void;
}

export interface Machine {
  readonly features: Features;
  readonly meters: Meters;
  readonly files: Files;
  readonly mounts: Mounts;
  /** `one call`: a list is made by one call into a library that reads the clock itself; else by as many calls as it has. */
  readonly windowKind: 'one call' | 'calls through koffi';
  /** Makes all calls that `build` adds to the list, with nothing of the harness between them. `build` may run more than once. */
  calls<T>(build: (list: CallList) => T): T;
  /** Waits, with pauses; the waiting is counted as nobody's work. False when the limit passed. */
  settled(until: SettleCondition, limitMs: number): boolean;
  /** File in which a server counts its requests, or null in timed passes. */
  readonly requestCounters: string | null;
  /**
   * Starts a server and returns when it has written one byte to the descriptor that `argv` names as `{ready}`, or as
   * `{control}`: a socket over which it takes messages from then on; of one that knows nothing of either, when `ready` says so.
   * Throws with the server's last words when it ends or stays silent.
   */
  serve(actor: string, argv: readonly string[], ready?: () => boolean): Server;
  /** Runs a command to its end with LC_ALL=C TZ=UTC; a non-zero exit throws with its last words on stderr. */
  command(actor: string, argv: readonly string[], options?: CommandOptions): Promise<void>;
  /** Makes a file system below `dir`, an empty folder: its file takes only what is written to it. Untimed. */
  fileSystem(type: MadeType, dir: string): Promise<MadeFileSystem>;
  /** Polls without system calls of its own kind being counted; false when the limit passed. */
  waitFor(condition: () => boolean, limitMs: number): boolean;
}
