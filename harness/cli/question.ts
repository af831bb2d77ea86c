// The question of a run: its options, with the images, scenarios and arms that are measured.
import { own } from '../../results/own.ts';
import type { SourceImage } from '../model/image.ts';
import type { Scenario } from '../model/scenario.ts';
import type { Arm } from '../runner/arm.ts';
import type { Question } from '../runner/groups.ts';
import type { ResolvedOptions } from './options.ts';

type NamedImage = Pick<SourceImage, 'name' | 'source'>;

interface AskedOf {
  readonly images: { readonly ofRun: readonly NamedImage[]; readonly ofScenarios: readonly NamedImage[] };
  readonly scenarios: readonly Scenario[];
  readonly arms: readonly Arm[];
}

type Asking = Pick<ResolvedOptions, 'selection' | 'profile' | 'placement'> & {
  readonly images: Pick<ResolvedOptions['images'], 'scenarios'>;
  readonly amount: Pick<ResolvedOptions['amount'], 'countOnly'>;
};

export const questionOf = (
  { images: { scenarios: scenariosOf }, selection, profile, placement, amount }: Asking,
  { images, scenarios, arms }: AskedOf,
): Question => ({
  images: images.ofRun.map(({ name }) => name),
  imageScenarios: new Map(
    images.ofRun.flatMap(({ name, source }) => {
      const ids = own(scenariosOf, source);
      return ids === undefined ? [] : [[name, ids] as const];
    }),
  ),
  ownImages: new Map(images.ofScenarios.map(({ source, name }) => [source, name])),
  scenarios,
  last: profile.last ?? [],
  arms,
  everyArm: selection.everyArm,
  large: profile.large,
  placement,
  countOnly: amount.countOnly,
});
