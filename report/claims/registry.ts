// Every claim on trial, in the order of their numbers.
import { claim as c03 } from './c03.ts';
import { claim as c04 } from './c04.ts';
import { claim as c08 } from './c08.ts';
import { claim as c13 } from './c13.ts';
import { claim as c14 } from './c14.ts';
import type { Claim } from './claim.ts';

export const claims: readonly Claim[] = [c03, c04, c08, c13, c14];
