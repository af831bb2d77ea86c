// What is asked of every backend, and what is read around each window.
import type {
  Cache,
  Ledger,
  Metric,
  Params,
  Pass,
  Phase,
  Placement,
  ScenarioInfo,
  Slot,
  Values,
} from '../../results/schema/run.ts';
import type { Backend, Mounted, Prepared, Store } from './backend.ts';
import type { Crowd } from './crowd.ts';
import type { Image } from './image.ts';
import type { Machine, MadeFileSystem, MadeType, Need } from './machine.ts';

/** All that a scenario gets, one per slot. Whatever it mounts, starts or writes is undone by the stage if it throws. */
export interface Stage {
  readonly slot: Slot;
  readonly image: Image;
  readonly machine: Machine;
  /**
   * As `slot.params.local` says. `nothing`: an empty store of the slot's own. `files`: the run's full store, with an empty folder for
   * layers. `image`, or absent: the run's full store.
   */
  readonly store: Store;
  /** Images that stay in the store when this one goes: none in an empty store, all of the run's in the full one. */
  readonly kept: readonly Image[];
  readonly prepared: Prepared;
  /** Further images of this slot, as the scenario's `others` names them. */
  readonly others: readonly Image[];
  /** Another image of the slot on the same backend. Untimed. */
  prepare(image: Image): Promise<Prepared>;
  /** A fresh empty folder on the work file system, removed with the slot. */
  folder(name: string): string;
  /** Repetitions of the lifecycle that this slot is to make: 1 in counting passes. */
  readonly cycles: number;
  /** The store of one repetition, from 0. With `local=nothing` each has its own, in another part of the disk. */
  storeOf(cycle: number): Store;
  /** A file system of the slot's own, gone with it. Untimed. */
  fileSystem(type: MadeType): Promise<MadeFileSystem>;
  /** A further, empty store whose objects are spread over these folders. */
  storeIn(dirs: readonly string[]): Store;
  /** So many lives of the image at once, ready to begin. Untimed. */
  crowd(count: number): Promise<Crowd>;
  /** Files, inodes and bytes on disk of all that the slot wrote: its own store and folders. Untimed. */
  footprint(): Promise<Values>;
  /** Opens and closes every armed probe around `work`. A phase may be repeated: its values become medians. */
  phase<T>(name: Phase, work: () => Promise<T>): Promise<T>;
  /** Mounted things to abandon when the slot fails before they were unmounted. */
  mounted(mounted: Mounted): void;
  /** A command inside the mount or beside it; `actor` names it in the ledger. */
  command(actor: string, argv: readonly string[]): Promise<void>;
  /** Sends a request to the inspector. It is no part of the slot, and its calls are in no ledger. */
  inspect(request: unknown): Promise<unknown>;
  /** syncfs of the work file system; returns nanoseconds. Outside every phase. */
  sync(): number;
  /**
   * sync, drop caches, check residency of manifest and objects; adds a note. Needs root. Where slots are timed, what was dropped is
   * freed afterwards and the tools' own files are warm.
   */
  dropCaches(): Promise<void>;
}

/** What planning knows of an image. */
export interface ImageSize {
  readonly entryCount: number;
  readonly objectCount: number;
  readonly objectBytes: number;
}

export interface Scenario extends ScenarioInfo {
  readonly id: string;
  readonly needs: readonly Need[];
  /** Each combination is a group of slots of its own. */
  readonly params: readonly Params[];
  /** Further ones in profiles that take their time. */
  readonly largeParams?: readonly Params[];
  /** Absent: counted and timed. What is only observed, such as who shares what, needs no more than the counting passes. */
  readonly passes?: readonly Pass[];
  /** The same of some parameters: what differs between them may be time alone. Absent: `passes`. */
  passesWith?(params: Params): readonly Pass[];
  /** What some of them need beside; where it is missing only those are skipped. */
  paramNeeds?(params: Params): readonly Need[];
  /** Variants, by id, that this question needs beside the headline backends. */
  readonly variants?: readonly string[];
  /** Further ones in profiles that take their time. */
  readonly largeVariants?: readonly string[];
  /** Further variants that only these parameters need. */
  variantsWith?(params: Params): readonly string[];
  /** The backends, by id, that this question is about; absent: the headline ones and `variants`. */
  readonly only?: readonly string[];
  /** A server's whereabouts decide its latencies: where both placements are asked for, it is measured in both. */
  readonly placed?: boolean;
  /**
   * It compares kernel file systems, or variants of one mount, which differ by less than the scheduler's choice of a CPU does:
   * its variants are compared on one CPU, and all of it where it is not `placed`.
   */
  readonly oneCpu?: boolean;
  /** No claim stands on it: where a budget is short it is given up before what carries one, rows in the first table or not. */
  readonly spare?: boolean;
  /** It asks for multiples, or for growth over sizes: the first look is its last. */
  readonly oneLook?: boolean;
  /** Its slots send requests to the inspector, so the inspector runs until their timing ends. */
  readonly inspects?: boolean;
  /** The image it is asked of, as on the command line; absent: every image of the run. */
  source?(params: Params): string;
  /** Further images that a slot needs, as on the command line. */
  others?(params: Params): readonly string[];
  /** How often a timed slot of this backend repeats the lifecycle: more where one is short. `lives`: what the run wants of long ones. */
  cycles(params: Params, lives: number, backend: Pick<Backend, 'createsFiles'>): number;
  /** What one more repetition adds to a slot, as a share of a slot with one; absent: little. */
  repeatShare?(params: Params): number;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Rough time of one slot on the slowest backend, nanoseconds: for planning before anything was measured. */
  roughNs(size: ImageSize, params: Params): number;
  /** Returns what the probes do not know. */
  run(stage: Stage): Promise<Values>;
  /** The slot's final values from those of the probes and of `run`: sums, rates, other names. */
  derive(values: Values, params: Params): Values;
}

export interface ProbeContext {
  readonly machine: Machine;
  readonly slot: Slot;
  /** Folder for a probe's own files, outside what is measured. */
  readonly scratch: string;
}

/** What the stage tells armed probes, in order. `start` and `stop` are synchronous and allocate as little as they can. */
export interface ArmedProbe {
  start(phase: Phase): void;
  stop(phase: Phase): void;
  /** A child process of the harness is about to be awaited (`pid` known) or was reaped. */
  childStarted?(actor: string, pid: number): void;
  childEnded?(actor: string, pid: number): void;
  /** A server started or was told to end. */
  serverStarted?(actor: string, pid: number): void;
  collect(): Promise<{
    readonly values?: Values;
    readonly ledger?: Ledger;
    readonly notes?: readonly string[];
  }>;
  /** Releases what `arm` took; called always. */
  close(): void;
}

export interface Probe {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly Need[];
  readonly passes: readonly Pass[];
  /** Armed only for scenarios that have a metric of it in their headline: it takes time of its own. */
  readonly onRequest?: boolean;
  readonly metrics: Readonly<Record<string, Metric>>;
  arm(context: ProbeContext): Promise<ArmedProbe>;
}

export type { Cache, Metric, Params, Pass, Phase, Placement, Slot, Values };
