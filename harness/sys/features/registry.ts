// All features, in the order in which they are tried.
import type { FeatureId } from '../../model/machine.ts';
import { erofs } from './erofs.ts';
import type { FeatureGroup } from './feature.ts';
import { fileSystems } from './file-systems.ts';
import { fuse } from './fuse.ts';
import { measuring } from './measuring.ts';
import { namespaces } from './namespaces.ts';
import { overlay } from './overlay.ts';
import { programs } from './programs.ts';

export const features: FeatureGroup<FeatureId> = {
  ...namespaces,
  ...erofs,
  ...overlay,
  ...fuse,
  ...measuring,
  ...fileSystems,
  ...programs,
};

export const FEATURE_IDS = Object.keys(features) as readonly FeatureId[];
