// What is asked of every backend, and what is read around each window.
import type {
  Cache,
  Ledger,
  Metric,
  Params,
  Pass,
  Phase,
  ScenarioInfo,
  Slot,
  Values,
} from '../../results/schema/run.ts';
import type { Mounted, Prepared, Store } from './backend.ts';
import type { Image } from './image.ts';
import type { Machine, Need } from './machine.ts';

/** All that a scenario gets, one per slot. Whatever it mounts, starts or writes is undone by the stage if it throws. */
export interface Stage {
  readonly slot: Slot;
  readonly image: Image;
  readonly machine: Machine;
  /** The slot's own empty store, or the run's full one, as `slot.params.store` says (`full` where it is absent). */
  readonly store: Store;
  readonly prepared: Prepared;
  /** A fresh empty folder on the work file system, removed with the slot. */
  folder(name: string): string;
  /** Opens and closes every armed probe around `work`. A phase may be repeated: its values become medians. */
  phase<T>(name: Phase, work: () => Promise<T>): Promise<T>;
  /** Mounted things to abandon when the slot fails before they were unmounted. */
  mounted(mounted: Mounted): void;
  /** A command inside the mount or beside it; `actor` names it in the ledger. */
  command(actor: string, argv: readonly string[]): Promise<void>;
  /** syncfs of the work file system; returns nanoseconds. Outside every phase. */
  sync(): number;
  /** sync, drop caches, check residency of manifest and objects; adds a note. Needs root. */
  dropCaches(): Promise<void>;
}

export interface Scenario extends ScenarioInfo {
  readonly id: string;
  readonly needs: readonly Need[];
  /** Each combination is a group of slots of its own. */
  readonly params: readonly Params[];
  readonly metrics: Readonly<Record<string, Metric>>;
  run(stage: Stage): Promise<Values>;
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
  disarm(): void;
}

export interface Probe {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly Need[];
  readonly passes: readonly Pass[];
  readonly metrics: Readonly<Record<string, Metric>>;
  arm(context: ProbeContext): Promise<ArmedProbe>;
}

export type { Cache, Metric, Params, Pass, Phase, Slot, Values };
