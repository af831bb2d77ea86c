// Applies one mutant after another to a copy of the build, and reports those that no test notices.
//
//   npm run check:mutants -- [WORD…]     only mutants whose name or file contains one of the words
//
// Does:    for each mutant: compiles its file, and runs the tests that it names until one fails. Tests that run alone or drop the caches of
//          the machine run beside no others, after them; when such a test fails, or one does not end in time, it must pass without
//          the mutant.
// Cost:    two to four minutes on two CPUs, and a copy of the build per CPU below TMPDIR.
// Leaves:  nothing.
//
// Exit codes: 0 every mutant was killed, 1 one survived, its quoted text is no longer in the file, or its test fails without it.
import { availableParallelism } from 'node:os';
import { scheduleOf } from '../schedule.ts';
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

/** `isLonely`: such items come last, one at a time. */
const shareOut = async <Item>(
  items: readonly Item[],
  isLonely: (item: Item) => boolean,
  work: (bench: MutantBench, item: Item) => Promise<void>,
): Promise<void> => {
  await share(
    benches,
    items.filter((item) => !isLonely(item)),
    work,
  );
  await share(benches.slice(0, 1), items.filter(isLonely), work);
};

const benches = Array.from({ length: availableParallelism() }, () => openBench(root));
const problems: string[] = [];
let killed = 0;

const tests = [...new Set(chosen.flatMap((mutant) => mutant.tests))];
const { alone, droppingCaches } = scheduleOf(tests.map((test) => `${test}.test.js`));
/** Other tests can make them fail. */
const isDisturbed = (test: string): boolean => [...alone, ...droppingCaches].includes(`${test}.test.js`);

const tryMutant = async (bench: MutantBench, mutant: Mutant): Promise<void> => {
  const what = `${mutant.file}: ${mutant.name}`;
  try {
    const kill = await bench.killer(mutant);
    if (kill === null) {
      problems.push(`survived: ${what}`);
      process.stdout.write(`SURVIVED ${what}\n`);
    } else if ((kill.late || isDisturbed(kill.test)) && !(await bench.passes(kill.test))) {
      problems.push(`${kill.test} fails also without: ${what}`);
      process.stdout.write(`UNDECIDED ${what} (${kill.test})\n`);
    } else {
      killed++;
      process.stdout.write(`killed   ${what} (${kill.test})\n`);
    }
  } catch (error) {
    problems.push(`cannot apply: ${what}: ${error instanceof Error ? error.message : error}`);
  }
};

try {
  // A test that always fails notices nothing.
  const tryTest = async (bench: MutantBench, test: string): Promise<void> => {
    if (!(await bench.passes(test))) problems.push(`${test} fails without a mutant`);
  };
  await shareOut(tests, isDisturbed, tryTest);
  if (problems.length === 0) await shareOut(chosen, (mutant) => mutant.tests.some(isDisturbed), tryMutant);
} finally {
  for (const bench of benches) bench.remove();
}
process.stdout.write(
  `\n${killed} of ${chosen.length} killed\n${problems.map((line) => `${line}\n`).join('')}`,
);
process.exitCode = problems.length === 0 && chosen.length > 0 ? 0 : 1;
