// Images whose owners all mean something here: outside of the initial user namespace only some ids do.
import type { RunFile } from '../../results/schema/run.ts';
import { UserError } from '../model/errors.ts';
import type { SourceImage } from '../model/image.ts';
import { foreignOwner } from '../runner/owners.ts';
import { type IdMap, readIdMap } from '../sys/id-map.ts';

const NEED = 'owners that are mapped here';
const MORE_IDS =
  'run as root, or as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER';
/** Owned by user 0 throughout. */
export const ROOT_OWNED_IMAGE = 'synthetic:files=800,layers=3,seed=1';

export interface MappedImages {
  readonly can: SourceImage[];
  readonly skipped: RunFile['skipped'];
}

export const mappedImages = (sources: readonly SourceImage[], ids: IdMap = readIdMap()): MappedImages => {
  const can: SourceImage[] = [];
  const skipped: RunFile['skipped'][number][] = [];
  for (const source of sources) {
    const reason = foreignOwner(source, ids);
    if (reason === null) can.push(source);
    else skipped.push({ what: source.name, need: NEED, reason });
  }
  return { can, skipped };
};

/** Where every image was asked for by name and none can be shown. */
export const noneMapped = (skipped: RunFile['skipped']): UserError =>
  new UserError('no image that was asked for can be shown here', {
    exit: 4,
    facts: skipped.map(({ what, reason }) => `${what}: ${reason}`),
    hint: `${MORE_IDS}; or --images ${ROOT_OWNED_IMAGE}`,
  });
