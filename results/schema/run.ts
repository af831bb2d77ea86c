// JSON shapes of a run folder: run.json and the lines of samples.ndjson.
//
// A missing value is an absent key or `null`, never zero. Times are nanoseconds, sizes bytes, instants
// ISO 8601 in UTC. Byte strings (paths, names) appear as printable ASCII with `\xHH` for everything else.
import type { Conditions, Environment, Guest } from './machine.ts';
import type { Dropped, EndedGroup, Skipped } from './not-measured.ts';
import type { Params, Values, WholeNumber } from './shared.ts';

export const SCHEMA = 1;

export type Phase = 'ingest' | 'create' | 'mount' | 'use' | 'unmount' | 'settle' | 'destroy' | 'collect';
export const PHASES: readonly Phase[] = [
  'ingest',
  'create',
  'mount',
  'use',
  'unmount',
  'settle',
  'destroy',
  'collect',
];

/** System call name to the number of calls. */
export type CallsByName = Readonly<Record<string, WholeNumber>>;

/** Phase, then actor (`harness`, `runtime`, `tar`, `rm`, `ls`, `cat`, `cfs-fuse`, …), then system call name, to count. */
export type Ledger = Readonly<Partial<Record<Phase, Readonly<Record<string, CallsByName>>>>>;

/**
 * Actor, call, start after that of the first call and duration in nanoseconds, number of calls. Of several calls: the most frequent name, and the
 * time from the first beginning to the last end.
 */
export type TimelineStep = readonly [
  actor: string,
  call: string,
  fromNs: WholeNumber,
  ns: WholeNumber,
  callCount: WholeNumber,
];

export interface TimelineWindow {
  /** From the beginning of the first call to the end of the last. */
  readonly spanNs: WholeNumber;
  /** Without calls of the harness's runtime. */
  readonly callCount: WholeNumber;
  /** In the order of their starts. */
  readonly steps: readonly TimelineStep[];
}

/** Calls over time within the windows of one life, recorded in a counting pass. */
export type Timeline = Readonly<Partial<Record<Phase, TimelineWindow>>>;

export interface Metric {
  readonly title: string;
  readonly better: 'lower' | 'higher';
  /** exact: equal on every pass; quasi: minimum of several passes; noisy: median and interval. */
  readonly noise: 'exact' | 'quasi' | 'noisy';
  /** False: shown, never judged, since it does not rank arms: the number of a neighbour's writes, a part of a sum. */
  readonly judged?: boolean;
  /** True: 1 is yes, 0 is no. */
  readonly yesNo?: boolean;
  /** True: from blocks that the file system allocated; two file systems of one kind differ slightly. Absent in older runs. */
  readonly allocated?: boolean;
}

export type Cache = 'cold' | 'warm' | 'hot';
export type Pass = 'time' | 'count';
export type Placement = 'free' | 'same-cpu';

/** One planned measurement. */
export interface Slot {
  /** Position in the plan, from 0; unique within a run. */
  readonly seq: WholeNumber;
  /** From 0 within its pass. */
  readonly block: WholeNumber;
  /** Position within its block, from 0. */
  readonly order: WholeNumber;
  readonly pass: Pass;
  readonly scenario: string;
  /** The backend's id with its options (`id@key=value,…`), or `null`: the baseline a second time. */
  readonly arm: string;
  readonly backend: string;
  readonly image: string;
  readonly cache: Cache;
  readonly params: Params;
  /** CPUs of commands and servers: any (`free`) or one. Absent in older runs: `free`. */
  readonly placement?: Placement;
}

export interface SampleBase extends Slot {
  readonly schema: typeof SCHEMA;
  readonly startedAt: string;
  /** Number of the process that measured it, raised by each `--resume`; absent: 0. No pair spans two sessions. */
  readonly session?: WholeNumber;
  /** Wall time of the whole slot, untimed work included; used for planning. */
  readonly slotNs: number;
  /** The path taken: `erofs: file|loop`, `layers: fd|path|colons`, …; part of the fingerprint of a count. */
  readonly took: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

export interface OkSample extends SampleBase {
  readonly outcome: 'ok';
  readonly values: Values;
  readonly ledger?: Ledger;
  /** All values of a latency, nanoseconds: HdrHistogram, compressed (V2), in base64. */
  readonly histograms?: Readonly<Record<string, string>>;
  /** Of one slot per arm and image. Absent in older runs. */
  readonly timeline?: Timeline;
}

export interface FailedSample extends SampleBase {
  readonly outcome: 'failed';
  readonly phase: Phase | 'prepare' | 'leak';
  readonly code: string;
  readonly message: string;
}

export interface SkippedSample extends SampleBase {
  readonly outcome: 'skipped';
  readonly need: string;
  readonly reason: string;
}

/**
 * One line of samples.ndjson.
 * @discriminator outcome
 */
export type Sample = OkSample | FailedSample | SkippedSample;

type WithoutSlot<T> = T extends SampleBase ? Omit<T, keyof SampleBase> : never;

/** The part of a sample that depends on how its slot ended. */
export type Outcome = WithoutSlot<Sample>;

export interface ScenarioInfo {
  readonly question: string;
  readonly cache: Cache;
  /** The command or calls inside the window. */
  readonly reproduce: string;
  /** Metrics with a row in the first table, in order. */
  readonly headline: readonly string[];
  /** Its rows are in its own section, not in the first table. */
  readonly ownSection?: boolean;
  /** Metrics of this scenario; they override the catalogue's. Absent in older runs. */
  readonly metrics?: Readonly<Record<string, Metric>>;
}

export interface BackendInfo {
  readonly title: string;
  /** One sentence: how an image becomes a mount. */
  readonly how: string;
  /** Phases in which this backend does nothing for any image. */
  readonly idle?: readonly Phase[];
  /** The objection that this variant answers; absent: a headline backend. */
  readonly answers?: string;
}

/** Names and descriptions of everything measured, so that a run can be rendered after a rename. */
export interface Catalogue {
  /** Metrics of probes; in older runs also those of scenarios. */
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly scenarios: Readonly<Record<string, ScenarioInfo>>;
  readonly backends: Readonly<Record<string, BackendInfo>>;
  readonly phases: Readonly<Record<string, string>>;
}

export interface ImageInfo {
  readonly name: string;
  /** As given on the command line, with paths as they are published. */
  readonly source: string;
  readonly contents: 'real' | 'synthetic';
  readonly entryCount: WholeNumber;
  readonly fileCount: WholeNumber;
  readonly directoryCount: WholeNumber;
  readonly symlinkCount: WholeNumber;
  readonly layerCount: WholeNumber;
  /** Sum of the sizes of all regular files, hard links once. */
  readonly fileBytes: WholeNumber;
  readonly objectCount: WholeNumber;
  readonly objectBytes: WholeNumber;
  readonly manifestBytes: WholeNumber;
  readonly imageVersion: 0 | 1;
  /** fs-verity digest of the composefs image of the tree as described by the source. */
  readonly describedDigest: string;
  /** fs-verity digest of the composefs image that was mounted. */
  readonly manifestDigest: string;
  /** Digest of the tree seen through every backend. */
  readonly treeDigest: string;
}

/** One proof: the digest of the tree seen through a mount. */
export interface Proof {
  readonly image: string;
  readonly arm: string;
  readonly treeDigest: string | null;
  readonly equal: boolean;
  /**
   * `metadata` leaves out contents, `merged-inodes` leaves out which names share an inode. Absent in older runs: everything is
   * compared.
   */
  readonly level?: 'contents' | 'metadata' | 'merged-inodes';
  /** First differing path and attribute, or the reason why the tree could not be walked; null if equal. */
  readonly difference: string | null;
  /**
   * Declared differences of this backend, the only ones: names of extended attributes, `mtime`, or `the absence of` a path or an attribute
   * that it adds. Absent: none.
   */
  readonly hidden?: readonly string[];
  /** Further members of the family that were proved beside the first. Absent: the image is not a family. */
  readonly members?: readonly string[];
  readonly fsType: string;
  readonly took: Readonly<Record<string, string>>;
}

export interface Plan {
  readonly seed: string;
  readonly profile: string;
  readonly budgetNs: number | null;
  readonly blocks: WholeNumber;
  readonly baseline: string;
  readonly arms: readonly string[];
  readonly scenarios: readonly string[];
  readonly images: readonly string[];
  /** Long lives of an image within one timed slot. Absent in older runs: as asked. */
  readonly lives?: WholeNumber;
  /** Parts dropped for lack of time. */
  readonly dropped: readonly Dropped[];
  readonly slots: readonly Slot[];
  /** Numbers of blocks after which a group may end, ascending; the last one is the most. Absent: all blocks were run. */
  readonly looks?: readonly WholeNumber[];
  /** Groups that ended at a look before the last one: every row decided, or the budget too small for the next. */
  readonly ended?: readonly EndedGroup[];
  /** The two arms of an `--ab` run, base first. */
  readonly ab?: readonly [base: string, head: string] | null;
}

/** The conditions of an arm on an image, such as the size of its manifest and its mounts. */
export interface Fairness {
  readonly image: string;
  readonly arm: string;
  /** Null, as are its inodes: the arm mounts no manifest. In older runs that of the image. */
  readonly manifestBytes: WholeNumber | null;
  readonly inodeCount: WholeNumber | null;
  readonly compactInodeCount: WholeNumber | null;
  readonly extendedInodeCount: WholeNumber | null;
  /** Entries with at least one xattr of the image. */
  readonly xattrEntryCount: WholeNumber;
  readonly hasAcl: boolean;
  /** Whether the manifest has digests that overlayfs checks. */
  readonly digests: boolean;
  /** Files of the store that take less disk than their size. */
  readonly sparseFileCount: WholeNumber | null;
  readonly backing: string;
  /** The mounts below the slot's folder as the kernel lists them, with shortened paths. */
  readonly mounts: readonly string[];
}

export interface RecordedOptions {
  /** Only in older runs. */
  readonly cwd?: string;
  readonly options: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** A further session of the run. */
export interface Resumed {
  readonly session: WholeNumber;
  readonly at: string;
}

export interface RunFile {
  readonly schema: typeof SCHEMA;
  readonly id: string;
  readonly startedAt: string;
  /** A label of the machine, or with `--publish-host` and in older runs its host name. */
  readonly host: string;
  readonly cfsbench: { readonly version: string; readonly commit: string | null };
  readonly commandLine: readonly string[];
  readonly environment: Environment;
  readonly catalogue: Catalogue;
  readonly images: readonly ImageInfo[];
  readonly proofs: readonly Proof[];
  readonly skipped: readonly Skipped[];
  readonly plan: Plan;
  /** A killed run stays `running`. */
  readonly status: 'running' | 'complete' | 'interrupted' | 'out-of-time' | 'failed';
  readonly finishedAt: string | null;
  /** From the first line to the report. */
  readonly wallNs: number | null;
  /** Source of the counts: `bpf`, `strace`, or `none` with the reason. */
  readonly ledgerSource: string;
  readonly warnings: readonly string[];
  readonly resumed?: readonly Resumed[];
  /** The options, with paths as they are published. `private.json` has them as typed. */
  readonly asked?: RecordedOptions;
  readonly conditions?: Conditions;
  readonly fairness?: readonly Fairness[];
  /** Absent: not in a virtual machine of cfsbench. */
  readonly guest?: Guest;
}
