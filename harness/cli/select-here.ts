// The arms, scenarios, probes and images that this machine can measure.

import type { Skipped } from '../../results/schema/not-measured.ts';
import type { SourceImage } from '../model/image.ts';
import type { Features } from '../model/machine.ts';
import type { Probe, Scenario } from '../model/scenario.ts';
import { probes } from '../probes/registry.ts';
import type { Arm } from '../runner/arm.ts';
import { ownSources } from '../runner/groups.ts';
import type { OpenImages } from './open-images.ts';
import type { ResolvedOptions } from './options.ts';
import { runnable, runnableScenarios } from './runnable.ts';

interface RunnableHere {
  readonly arms: readonly Arm[];
  readonly scenarios: readonly Scenario[];
  readonly probes: readonly Probe[];
  readonly skipped: readonly Skipped[];
}

interface SelectedImages {
  readonly ofRun: readonly SourceImage[];
  /** Images that scenarios name themselves. */
  readonly ofScenarios: readonly SourceImage[];
  readonly all: readonly SourceImage[];
  readonly skipped: readonly Skipped[];
}

export interface MeasuredHere extends RunnableHere {
  readonly images: SelectedImages;
}

export const selectRunnable = (options: ResolvedOptions, features: Features): RunnableHere => {
  const arms = runnable(
    options.selection.arms,
    ({ backend }) => backend.needs,
    features,
    ({ id, backend }) => ({ kind: 'arm', arm: id, backend: backend.id }),
  );
  const scenarios = runnableScenarios(options.scenarios, features);
  const usableProbes = runnable(
    probes,
    ({ needs }) => needs,
    features,
    ({ id }) => ({ kind: 'probe', probe: id }),
  );
  return {
    arms: arms.usable,
    scenarios: scenarios.usable,
    probes: usableProbes.usable,
    skipped: [...arms.skipped, ...scenarios.skipped, ...usableProbes.skipped],
  };
};

export const selectImages = async (
  images: OpenImages,
  options: ResolvedOptions,
  scenarios: readonly Scenario[],
): Promise<SelectedImages> => {
  const ofRun = await images.ofRun(options.images);
  const ofScenarios = await images.ofScenarios(ownSources(scenarios, options.profile.large));
  return {
    ofRun: ofRun.usable,
    ofScenarios: ofScenarios.usable,
    all: [...new Set([...ofRun.usable, ...ofScenarios.usable])],
    skipped: [...ofRun.skipped, ...ofScenarios.skipped],
  };
};

/** The baseline, or the first of the arms where it is none of them. */
export const baselineOf = ({ selection }: ResolvedOptions, arms: readonly Arm[]): string =>
  arms.some(({ id }) => id === selection.baseline) ? selection.baseline : arms[0]!.id;
