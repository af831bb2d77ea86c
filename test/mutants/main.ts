// Applies one mutant after another to a copy of the build, and reports those that no test notices.
//
//   npm run check:mutants -- [WORD…]     only mutants whose name or file contains one of the words
//
// Does:    for each mutant: compiles its file, and runs the tests that it names until one fails.
// Cost:    two to four minutes on two CPUs, and a copy of the build per CPU below TMPDIR.
// Leaves:  nothing.
//
// Exit codes: 0 every mutant was killed, 1 one survived, or its quoted text is no longer in the file.
import { availableParallelism } from 'node:os';
import { mutants, root } from './all.ts';
import { type MutantBench, openBench } from './bench.ts';
import type { Mutant } from './mutant.ts';

const words = process.argv.slice(2);
const chosen = mutants.filter(
  ({ name, file }) => words.length === 0 || words.some((word) => name.includes(word) || file.includes(word)),
);

/** Each item once, on the first free bench. */
const share = async <Item>(
  benches: readonly MutantBench[],
  items: readonly Item[],
  work: (bench: MutantBench, item: Item) => Promise<void>,
): Promise<void> => {
  const waiting = [...items];
  await Promise.all(
    benches.map(async (bench) => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(bench, item);
    }),
  );
};

const benches = Array.from({ length: availableParallelism() }, () => openBench(root));
const problems: string[] = [];
let killed = 0;

const tryMutant = async (bench: MutantBench, mutant: Mutant): Promise<void> => {
  const what = `${mutant.file}: ${mutant.name}`;
  try {
    const killer = await bench.killer(mutant);
    if (killer === null) problems.push(`survived: ${what}`);
    else killed++;
    process.stdout.write(killer === null ? `SURVIVED ${what}\n` : `killed   ${what} (${killer})\n`);
  } catch (error) {
    problems.push(`cannot apply: ${what}: ${error instanceof Error ? error.message : error}`);
  }
};

try {
  // A test that always fails notices nothing.
  await share(benches, [...new Set(chosen.flatMap(({ tests }) => tests))], async (bench, test) => {
    if (!(await bench.passes(test))) problems.push(`${test} fails without a mutant`);
  });
  if (problems.length === 0) await share(benches, chosen, tryMutant);
} finally {
  for (const bench of benches) bench.remove();
}
process.stdout.write(
  `\n${killed} of ${chosen.length} killed\n${problems.map((line) => `${line}\n`).join('')}`,
);
process.exitCode = problems.length === 0 && chosen.length > 0 ? 0 : 1;
