// What tests of guests need.
import { type BuildVariables, sharedParts } from '../../../harness/cli/vm-needs.ts';

const ownParts = sharedParts(process.config.variables as unknown as BuildVariables);

/** For tests of the command: Debian's own Node.js cannot run in a guest. */
export const needsGuests: string | false =
  process.arch !== 'x64'
    ? 'needs x86-64'
    : ownParts.length === 0
      ? false
      : `needs a Node.js without libraries of this machine: ${ownParts.join(', ')}`;
