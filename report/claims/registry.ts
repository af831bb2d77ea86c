// Every claim on trial, in the order of their numbers.
import { claim as c01 } from './c01.ts';
import { claim as c02 } from './c02.ts';
import { claim as c15 } from './c15.ts';
import type { Claim } from './claim.ts';

export const claims: readonly Claim[] = [c01, c02, c15];
