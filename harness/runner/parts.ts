// The parts that a run needs, passed in by its caller.
import type { Design } from '../../results/compare/phase-of.ts';
import type { Tallied } from '../../results/compare/tally.ts';
import type { GateConfig } from '../../results/gate/config.ts';
import type { Conditions } from '../../results/schema/machine.ts';
import type { EndedGroup } from '../../results/schema/not-measured.ts';
import type { Fairness, RunFile, Sample } from '../../results/schema/run.ts';
import type { SourceImage } from '../model/image.ts';
import type { Inspector } from '../model/inspector.ts';
import type { Features, Machine } from '../model/machine.ts';
import type { Probe } from '../model/scenario.ts';
import type { Deadline } from './clock.ts';
import type { Question } from './groups.ts';
import type { Before } from './resume.ts';
import type { Workspace } from './workspace.ts';

export interface FamilyEntry {
  /** Module of the threads that prepare members; it imports the registry of image sources. */
  readonly entry: URL;
  /** Of cfsbench. */
  readonly version: string;
}

export interface RunParts {
  readonly features: Features;
  /** The run's images in the order of the command line, then the images that scenarios name. */
  readonly sources: readonly SourceImage[];
  readonly question: Question;
  readonly probes: readonly Probe[];
  /** Planned numbers of blocks, ascending: the first is the fewest, the last the most. */
  readonly looks: readonly number[];
  readonly countPasses: number;
  /** Long lives of an image within one timed slot. */
  readonly lives: number;
  /** Nothing is timed. */
  readonly countOnly: boolean;
  /** Samples and state of earlier sessions of this run. */
  readonly before: Before;
  readonly endedBefore: readonly EndedGroup[];
  /** All samples so far, for the analysis at the looks. */
  readonly tallied: () => Tallied;
  readonly design: Design;
  /** Thresholds of the gate of an `--ab` run; null: any other run. */
  readonly gate: GateConfig | null;
  /** Id of the arm that ratios are taken to, and that runs a second time as the null arm. */
  readonly baseline: string;
  readonly seed: string;
  readonly deadline: Deadline;
  readonly workspace: Workspace;
  /** Runs the commands of a cold window once, on an empty folder. */
  readonly warmTools: (machine: Machine, emptyFolder: string) => Promise<void>;
  /** Module of the threads of a crowd; it imports the registry of backends. */
  readonly crowdEntry: URL;
  readonly family: FamilyEntry;
  readonly inspector: Inspector;
  readonly interrupted: () => boolean;
  /** Time limit of the next step, nanoseconds. After it the outer process kills this one. */
  readonly limit: (ns: number) => void;
  /** Time limit of every step before the first slot, nanoseconds; Infinity: none. */
  readonly readyLimitNs: number;
  readonly journal: { append(sample: Sample): void };
  /** Called when the plan is fixed. A resumed run writes nothing before: it is refused if its plan has changed. */
  readonly planned: () => void;
  /** Updates parts of run.json and writes it. */
  readonly update: (changed: Changed) => void;
  readonly say: (text: string) => void;
  readonly progress: (what: string, done: number, leftNs: number | null) => void;
}

export interface Changed {
  readonly images?: RunFile['images'];
  readonly proofs?: RunFile['proofs'];
  readonly fairness?: readonly Fairness[];
  readonly conditions?: Conditions;
  /** Appended to the list. */
  readonly skipped?: RunFile['skipped'];
  /** Replaces those parts of the plan. */
  readonly plan?: Partial<
    Pick<
      RunFile['plan'],
      'arms' | 'scenarios' | 'images' | 'dropped' | 'slots' | 'ended' | 'lives' | 'budgetNs'
    >
  >;
}
