// All trials, in the order of the table.
import { faultTrials } from './faults.ts';
import { inputTrials } from './inputs.ts';
import { killTrials, undisturbed } from './kills.ts';
import type { RunLength } from './moment.ts';
import { signalTrials } from './signals.ts';
import type { Trial } from './trial.ts';

export const trialsOf = (length: RunLength): readonly Trial[] => [
  undisturbed(length),
  ...killTrials(length),
  ...signalTrials(length),
  ...faultTrials(length),
  ...inputTrials,
];
