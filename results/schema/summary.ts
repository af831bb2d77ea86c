// JSON shape of a run summarised: what `report --format json` prints. Types only; imports nothing.
//
// Everything in it can be computed again from the run folder. Times are nanoseconds, sizes bytes; `null` where there are too few
// blocks for a number, never zero.

/** A number with what it is known to lie in; `confidence` is the one reached. */
export interface SummaryInterval {
  readonly center: number;
  readonly lo: number;
  readonly hi: number;
  readonly confidence: number;
  readonly n: number;
}

export interface SummaryPlace {
  readonly scenario: string;
  /** `key=value` pairs in the order of their names, separated by blanks. */
  readonly params: string;
  readonly image: string;
  readonly arm: string;
}

/** A noisy metric over the timing passes. */
export interface SummaryTime extends SummaryPlace {
  readonly metric: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  /** One of the few that the scenario is about. */
  readonly headline: boolean;
  readonly n: number;
  readonly median: number;
  readonly medianInterval: SummaryInterval | null;
  readonly medianDeviation: number;
  /** Nothing happens in this phase on this arm: its time is that of doing nothing. */
  readonly idle: boolean;
  /** To the baseline, block by block; null for the baseline, for idle phases, and with too few blocks. */
  readonly ratio: SummaryInterval | null;
  readonly verdict: 'faster' | 'slower' | 'same' | 'undecided' | 'tooFew' | null;
  /** Smallest true ratio for the worse that would have shown. */
  readonly detectable: number | null;
}

/** A count or a size over the counting passes. */
export interface SummaryCount extends SummaryPlace {
  /** `systemCallCount` for a sum of calls. */
  readonly metric: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  readonly noise: 'exact' | 'quasi' | 'noisy';
  /** Of a sum of calls. */
  readonly phase: string | null;
  readonly least: number;
  readonly most: number;
  readonly passes: number;
}

export interface SummaryFailure extends SummaryPlace {
  readonly seq: number;
  readonly phase: string;
  readonly code: string;
  readonly message: string;
}

export interface SummarySkip {
  readonly what: string;
  readonly need: string;
  readonly reason: string;
}

export interface SummaryImage {
  readonly name: string;
  readonly entryCount: number;
  readonly fileCount: number;
  readonly layerCount: number;
  readonly fileBytes: number;
  readonly treeDigest: string;
}

export interface Summary {
  readonly schema: 1;
  readonly id: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly host: string;
  readonly status: 'running' | 'complete' | 'interrupted' | 'out-of-time' | 'failed';
  readonly cfsbench: { readonly version: string; readonly commit: string | null };
  readonly commandLine: readonly string[];
  readonly kernel: string;
  readonly architecture: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly seed: string;
  readonly profile: string;
  readonly baseline: string;
  readonly sampleCount: number;
  readonly images: readonly SummaryImage[];
  readonly times: readonly SummaryTime[];
  readonly counts: readonly SummaryCount[];
  readonly failures: readonly SummaryFailure[];
  readonly skipped: readonly SummarySkip[];
  readonly dropped: readonly string[];
  /** What reading the journal and the run itself had to say. */
  readonly warnings: readonly string[];
}
