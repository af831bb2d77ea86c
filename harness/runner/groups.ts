// Which groups there are to measure: every scenario, each of its parameters, every image, with the arms that can take part.
import type { Scenario } from '../model/scenario.ts';
import type { Arm } from './arm.ts';
import type { Group } from './plan.ts';

/** `shows(image, arm)`: whether this arm was proved to show this image, or was not tried yet. */
export const groupsOf = (
  images: readonly string[],
  scenarios: readonly Scenario[],
  arms: readonly Arm[],
  shows: (image: string, arm: string) => boolean,
): Group[] =>
  images.flatMap((image) =>
    scenarios.flatMap((scenario) =>
      scenario.params.map((params) => ({
        scenario,
        params,
        image,
        arms: arms.filter((arm) => shows(image, arm.id)),
      })),
    ),
  );
