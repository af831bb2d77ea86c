// Program that renders the report of a run folder and prints its first table, as the end of a run does.
import { describeError } from './print-error.ts';
import { showRun } from './show-run.ts';
import { watchStreams } from './streams.ts';

watchStreams();
try {
  await showRun(process.argv[2]!);
} catch (error) {
  process.stderr.write(describeError(error).text);
  process.exitCode = 1;
}
