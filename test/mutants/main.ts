// Makes one fault after another in a copy of the build, and says which of them no test sees.
//
//   npm run check:mutants -- [WORD…]     those whose name or file has one of the words
//
// Does:    for each: the file compiled by itself, and the test files that it names, until one fails.
// Cost:    two to four minutes on two CPUs, a copy of the build for each below TMPDIR.
// Leaves:  nothing.
//
// Exit codes: 0 all were seen, 1 one was not, or its text is no longer in the file.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { mutants } from './all.ts';
import { type Bench, openBench } from './bench.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const words = process.argv.slice(2);
const chosen = mutants.filter(
  ({ name, file }) => words.length === 0 || words.some((word) => name.includes(word) || file.includes(word)),
);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Each thing once, by whichever bench is free. */
const share = async <T>(
  benches: readonly Bench[],
  things: readonly T[],
  work: (bench: Bench, thing: T) => Promise<void>,
): Promise<void> => {
  const left = [...things];
  await Promise.all(
    benches.map(async (bench) => {
      for (let thing = left.shift(); thing !== undefined; thing = left.shift()) await work(bench, thing);
    }),
  );
};

const benches = Array.from({ length: availableParallelism() }, () => openBench(root));
const wrong: string[] = [];
let killed = 0;
try {
  // A test that fails anyway sees nothing.
  await share(benches, [...new Set(chosen.flatMap(({ tests }) => tests))], async (bench, test) => {
    if (!(await bench.passes(test))) wrong.push(`${test} fails without a mutant`);
  });
  if (wrong.length === 0)
    await share(benches, chosen, async (bench, mutant) => {
      const what = `${mutant.file}: ${mutant.name}`;
      try {
        const killer = await bench.killer(mutant);
        if (killer === null) wrong.push(`survived: ${what}`);
        else killed++;
        say(`${killer === null ? 'SURVIVED' : 'killed  '} ${what}${killer === null ? '' : ` (${killer})`}`);
      } catch (error) {
        wrong.push(`no mutant: ${what}: ${error instanceof Error ? error.message : error}`);
      }
    });
} finally {
  for (const bench of benches) bench.remove();
}
say(`\n${killed} of ${chosen.length} killed`);
for (const line of wrong) say(line);
process.exitCode = wrong.length === 0 && chosen.length > 0 ? 0 : 1;
