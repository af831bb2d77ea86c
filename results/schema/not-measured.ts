// JSON shapes of run.json about parts that were not measured: dropped for lack of time, skipped, or ended early.
import type { Params, WholeNumber } from './shared.ts';

/** A group of slots: one scenario with its parameters on one image. */
export interface PlannedGroup {
  readonly scenario: string;
  readonly params: Params;
  readonly image: string;
}

/** A group that ended before its first look. */
export interface DroppedGroup extends PlannedGroup {
  readonly kind: 'group';
  /** Counting passes that it got. Absent in older runs. */
  readonly passes?: WholeNumber;
  /** Blocks that it got. */
  readonly blocks: WholeNumber;
  /** Blocks up to its first look; 0 if it is counted only. */
  readonly neededBlocks: WholeNumber;
  /** Projected time of this group and of all that rank above it, and the time that was left. */
  readonly neededNs: number;
  readonly leftNs: number;
  /** Of a pool: in how many of its runs. Absent: one run. */
  readonly inRuns?: DroppedRuns;
}

interface DroppedRuns {
  readonly dropped: WholeNumber;
  readonly of: WholeNumber;
}

export interface DroppedPasses {
  readonly kind: 'passes';
  readonly done: WholeNumber;
  readonly planned: WholeNumber;
}

/** From an older run. */
export interface DroppedText {
  readonly kind: 'text';
  readonly text: string;
  readonly scenario?: string;
  readonly image?: string;
}

/** @discriminator kind */
export type Dropped = DroppedGroup | DroppedPasses | DroppedText;

interface SkippedBase {
  readonly need: string;
  readonly reason: string;
}

export interface SkippedArm extends SkippedBase {
  readonly kind: 'arm';
  readonly arm: string;
  readonly backend: string;
  /** Absent: on every image. */
  readonly image?: string;
}

export interface SkippedScenario extends SkippedBase {
  readonly kind: 'scenario';
  readonly scenario: string;
  /** Absent: with any parameters. */
  readonly params?: Params;
}

export interface SkippedProbe extends SkippedBase {
  readonly kind: 'probe';
  readonly probe: string;
}

export interface SkippedImage extends SkippedBase {
  readonly kind: 'image';
  readonly image: string;
}

/** From an older run. */
export interface SkippedText extends SkippedBase {
  readonly kind: 'text';
  readonly text: string;
}

/**
 * A part that cannot be measured on this machine.
 * @discriminator kind
 */
export type Skipped = SkippedArm | SkippedScenario | SkippedProbe | SkippedImage | SkippedText;

export interface EndedGroup extends PlannedGroup {
  /** Complete blocks of this group; its later slots were not run. */
  readonly blocks: WholeNumber;
  /** `enough`: its scenario asks for no more than the first look. */
  readonly why: 'decided' | 'budget' | 'enough';
}
