// The contracts of scenarios and of probes, and the stage on which a scenario runs.
import type {
  Ledger,
  Metric,
  Pass,
  Phase,
  Placement,
  ScenarioInfo,
  Slot,
  Timeline,
} from '../../results/schema/run.ts';
import type { Params, Values } from '../../results/schema/shared.ts';
import type { Backend, Mounted, Prepared, Store } from './backend.ts';
import type { Crowd } from './crowd.ts';
import type { Image } from './image.ts';
import type { LivesAsked, LivesResult } from './lives.ts';
import type { Machine, MadeFileSystem, MadeType, Need } from './machine.ts';

/** The environment of a scenario, one per slot. If the scenario throws, the stage undoes its mounts, servers and files. */
export interface Stage {
  readonly slot: Slot;
  readonly image: Image;
  readonly machine: Machine;
  /**
   * Depends on `slot.params.local`. `nothing`: an empty store for this slot. `files`: the run's full store with an empty folder for
   * layers. `image` or absent: the run's full store.
   */
  readonly store: Store;
  /** Images whose objects collect must keep: none in an empty store, all images of the run in the full store. */
  readonly kept: readonly Image[];
  readonly prepared: Prepared;
  /** Further images of this slot, named by the scenario's `others`. */
  readonly others: readonly Image[];
  /** Prepares another image of the slot on the same backend. Untimed. */
  prepare(image: Image): Promise<Prepared>;
  /** A fresh empty folder on the work file system, removed with the slot. */
  folder(name: string): string;
  /** Number of lives that this slot measures: 1 in counting passes. */
  readonly cycles: number;
  /** The store of one life, counted from 0. With `local=nothing` each life has its own, in another part of the disk. */
  storeOf(cycle: number): Store;
  /** Makes a file system that is removed with the slot. Untimed. */
  fileSystem(type: MadeType): Promise<MadeFileSystem>;
  /** Another empty store whose objects are spread over these folders. */
  storeIn(dirs: readonly string[]): Store;
  /** Prepares `count` parallel lives of the image. Untimed. `local`: by default that of the slot. */
  crowd(count: number, local?: 'files'): Promise<Crowd>;
  /** Many lives of the slot's image and its others in worker processes. Their files are brought in first, untimed. */
  lives(asked: LivesAsked): Promise<LivesResult>;
  /** Keeps all values of a latency, nanoseconds, in the sample. */
  histogram(name: string, values: readonly number[]): void;
  /** Files, inodes and bytes on disk in the slot's own store and folders. Untimed. */
  footprint(): Promise<Values>;
  /** Opens and closes every armed probe around `work`. A phase may be repeated: its values become medians. */
  phase<T>(name: Phase, work: () => Promise<T>): Promise<T>;
  /** Registers a mount, to be detached if the slot fails before it was unmounted. */
  mounted(mounted: Mounted): void;
  /** Runs a command; `actor` names it in the ledger. */
  command(actor: string, argv: readonly string[]): Promise<void>;
  /** Sends a request to the inspector. It is no part of the slot, and its calls are in no ledger. */
  inspect(request: unknown): Promise<unknown>;
  /** syncfs of the work file system, outside every phase; returns nanoseconds. */
  sync(): number;
  /**
   * Syncs, drops caches, checks that no page of manifest and objects is resident, and adds a note. Needs root. In timed slots, and where
   * `next` is the memory of the machine, it then reads the tools' own files again, and waits until the kernel has freed the dropped inodes.
   */
  dropCaches(next?: 'memory'): Promise<void>;
}

/** Facts about an image for planning. */
export interface ImageSize {
  readonly entryCount: number;
  readonly objectCount: number;
  readonly objectBytes: number;
  /** Parts of the other members of its family. Absent: it has none. */
  readonly further?: {
    readonly imageCount: number;
    readonly objectCount: number;
    readonly objectBytes: number;
  };
}

export interface Scenario extends ScenarioInfo {
  readonly id: string;
  readonly needs: readonly Need[];
  /** Each combination is a separate group. */
  readonly params: readonly Params[];
  /** Further combinations, in long profiles only. */
  readonly largeParams?: readonly Params[];
  /** Absent: both. A scenario that measures no times needs the counting passes only. */
  readonly passes?: readonly Pass[];
  /** Passes of one combination, if it differs from others in times only. Absent: `passes`. */
  passesWith?(params: Params): readonly Pass[];
  /** Further needs of one combination; without them only this combination is skipped. */
  paramNeeds?(params: Params): readonly Need[];
  /** Ids of variants to measure beside the headline backends. */
  readonly variants?: readonly string[];
  /** Further variants, in long profiles only. */
  readonly largeVariants?: readonly string[];
  /** Further variants for this combination only. */
  variantsWith?(params: Params): readonly string[];
  /** Ids of the backends to measure; absent: the headline backends and `variants`. */
  readonly only?: readonly string[];
  /** Messages of the kernel that it provokes: they are no sign of a broken machine. */
  readonly provokes?: RegExp;
  /** Absent: true. False for a backend that this combination cannot ask, named on the command line or not. */
  asks?(params: Params, backend: string): boolean;
  /** Measured in both placements if the run has both, because a server's CPU decides its latencies. */
  readonly placed?: boolean;
  /**
   * Compare the variants on one CPU, and all arms if the scenario is not `placed`: kernel file systems, or variants of one mount,
   * differ by less than the scheduler's choice of a CPU.
   */
  readonly oneCpu?: boolean;
  /** Each arm counts in its best placement, so it is compared in both. */
  readonly bothPlacements?: boolean;
  /** The first look is the last: multiples and growth over sizes need no more blocks. */
  readonly oneLook?: boolean;
  /** Counted once, however many passes the run has: sizes of many images, each slot of which takes minutes. */
  readonly onePass?: true;
  /** Its slots send requests to the inspector, so the inspector runs until their timing ends. */
  readonly inspects?: boolean;
  /** The source of its image, as on the command line; absent: every image of the run. */
  source?(params: Params): string;
  /** Sources of further images for a slot, as on the command line. */
  others?(params: Params): readonly string[];
  /** Its system calls are not counted: it has no phases, or a thousand starts would be read a thousand times. */
  readonly uncounted?: true;
  /** Number of lives in a timed slot of this backend: more if a life is short. `lives`: the run's number for long lives. */
  cycles(params: Params, lives: number, backend: Pick<Backend, 'createsFiles'>): number;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Rough time of one slot on the slowest backend, nanoseconds, for planning before the first measurement. */
  roughNs(size: ImageSize, params: Params): number;
  /** Returns the values that no probe measures. */
  run(stage: Stage): Promise<Values>;
  /** Further values from those of the probes and of `run`: sums, rates, other names. */
  derive(values: Values, params: Params): Values;
}

export interface ProbeContext {
  readonly machine: Machine;
  readonly slot: Slot;
  /** Folder for the probe's files, which are opened before the windows. It is on the file system of the work folder. */
  readonly scratch: string;
}

/** The stage calls these in order. `start` and `stop` are synchronous and allocate as little as possible. */
export interface ArmedProbe {
  start(phase: Phase): void;
  stop(phase: Phase): void;
  /** A child process started and will be awaited. */
  childStarted?(actor: string, pid: number): void;
  /** The child was reaped. */
  childEnded?(actor: string, pid: number): void;
  serverStarted?(actor: string, pid: number): void;
  collect(): Promise<{
    readonly values?: Values;
    readonly ledger?: Ledger;
    readonly timeline?: Timeline;
    readonly notes?: readonly string[];
  }>;
  /** Closes what `arm` opened. Called always. */
  close?(): void;
}

export interface Probe {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly Need[];
  readonly passes: readonly Pass[];
  /** Armed only for scenarios with one of its metrics in their headline, because it takes extra time. */
  readonly onRequest?: boolean;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Absent: the probe only declares metrics whose values the stage measures. */
  arm?(context: ProbeContext): Promise<ArmedProbe>;
}

export type { Metric, Params, Pass, Phase, Placement, Slot, Values };
