// Every claim on trial, in the order of their numbers.
import type { Claim } from './claim.ts';

export const claims: readonly Claim[] = [];
