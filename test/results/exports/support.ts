// Runs for the tests of formats, and the whole text of a format.
import { machineFormats } from '../../../results/exports/registry.ts';
import { loadRun } from '../../../results/gate/load.ts';
import type { OkSample, RunFile, Sample } from '../../../results/schema/run.ts';
import { exampleRun } from '../../report/support/example.ts';
import { withRunFolder } from '../../report/support/folder.ts';

export interface Example {
  readonly run: RunFile;
  readonly samples: readonly Sample[];
}

/** Characters with a meaning in some format, and characters that break lines or change the direction of text. */
export const HOSTILE =
  '=a|b`c` <b>&amp;</b> "q" \'s\' \u202eevil\u0007\r\n| new,line; # SKIP @user #1 :tada: www.x.org/%41\\';

export const EXAMPLE: Example = exampleRun();
export const HOSTILE_RUN: Example = exampleRun({ images: [HOSTILE], blocks: 8 });

export const textOf = (id: string, example: Example): Promise<string> =>
  withRunFolder(example, async (folder) => {
    const pieces: string[] = [];
    const format = machineFormats.find((one) => one.id === id)!;
    for await (const piece of format.pieces(await loadRun(folder))) pieces.push(piece);
    return pieces.join('');
  });

export const okSamples = ({ samples }: Example): readonly OkSample[] =>
  samples.filter((sample): sample is OkSample => sample.outcome === 'ok');

/** A run with a failed slot, a leak, and a skipped slot. */
export const unhappy = (): Example => {
  const { run, samples } = exampleRun({ images: ['one'] });
  const [first, second, third, ...rest] = samples as [OkSample, OkSample, OkSample, ...Sample[]];
  const bare = ({ values: _, ledger: __, ...slot }: OkSample) => slot;
  return {
    run,
    samples: [
      { ...bare(first), outcome: 'failed', phase: 'mount', code: 'EBUSY', message: 'no & "really" <#>' },
      { ...bare(second), outcome: 'failed', phase: 'leak', code: 'left', message: 'one mount' },
      { ...bare(third), outcome: 'skipped', need: 'fuse', reason: 'no device' },
      ...rest,
    ],
  };
};
