// Everything that is asked, in the order of the report.
import type { Scenario } from '../harness/model/scenario.ts';
import { scenario as churn } from './churn.ts';
import { scenario as churnFresh } from './churn-fresh.ts';
import { scenario as walkCold } from './walk-cold.ts';
import { scenario as walkWarm } from './walk-warm.ts';

export const scenarios: readonly Scenario[] = [churn, churnFresh, walkWarm, walkCold];
