// Program that removes a work folder.
import { removeWorkFolder } from './clean.ts';
import { describeError } from './print-error.ts';

try {
  await removeWorkFolder(process.argv[2]!);
} catch (error) {
  process.stderr.write(describeError(error).text);
  process.exitCode = 1;
}
