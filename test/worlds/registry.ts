import { growths } from './growing.ts';
import { livesWorlds } from './lives.ts';
import { machines } from './machines.ts';
import { sharingWorlds } from './sharing.ts';
import { startWorlds } from './starts.ts';
import { storeWorlds } from './stores.ts';
import { tamperingWorlds } from './tampering.ts';
import { unmountWorlds } from './unmounts.ts';
import { walks } from './walks.ts';
import type { ClaimWorlds } from './world.ts';

/** In the order of the claims. */
export const worlds: readonly ClaimWorlds[] = [
  ...growths,
  ...walks,
  ...sharingWorlds,
  ...storeWorlds,
  ...tamperingWorlds,
  ...startWorlds,
  ...unmountWorlds,
  ...machines,
  ...livesWorlds,
].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
