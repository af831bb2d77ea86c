// Every mutant.
import { claims } from './claims.ts';
import type { Mutant } from './mutant.ts';
import { probes } from './probes.ts';
import { runner } from './runner.ts';
import { scenarios } from './scenarios.ts';

export const mutants: readonly Mutant[] = [...runner, ...probes, ...scenarios, ...claims];
