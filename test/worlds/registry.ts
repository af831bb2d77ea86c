import { growths } from './growing.ts';
import { machines } from './machines.ts';
import { observed } from './observed.ts';
import { walks } from './walks.ts';
import type { ClaimWorlds } from './world.ts';

/** In the order of the claims. */
export const worlds: readonly ClaimWorlds[] = [...growths, ...walks, ...observed, ...machines].sort(
  (a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)),
);
