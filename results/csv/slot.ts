// The first columns of both tables: the run and the slot. Times of rows whose column `emulated` is yes are no measurements.
import { paramsKey } from '../compare/tally.ts';
import { areTimesMeasured } from '../emulated.ts';
import type { RunFile, Sample } from '../schema/run.ts';
import { visible } from '../visible.ts';

export const SLOT_COLUMNS = [
  'run',
  'host',
  'kernel',
  'emulated',
  'seed',
  'seq',
  'block',
  'session',
  'order',
  'pass',
  'scenario',
  'params',
  'cache',
  'image',
  'arm',
  'backend',
  'placement',
  'startedAt',
  'outcome',
];

export const sampleCells = (run: RunFile, sample: Sample): readonly (string | number)[] =>
  [
    run.id,
    run.host,
    run.environment.kernel,
    areTimesMeasured(run) ? 'no' : 'yes',
    run.plan.seed,
    sample.seq,
    sample.block,
    sample.session ?? 0,
    sample.order,
    sample.pass,
    sample.scenario,
    paramsKey(sample.params),
    sample.cache,
    sample.image,
    sample.arm,
    sample.backend,
    sample.placement ?? 'free',
    sample.startedAt,
    sample.outcome,
  ].map((cell) => (typeof cell === 'string' ? visible(cell) : cell));
