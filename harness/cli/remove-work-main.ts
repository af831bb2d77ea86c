// Program that removes a work folder, which it inherits open and locked as descriptor 3.
import { inheritedFolder } from '../sys/folder-lock.ts';
import { removeMarkedFolder } from '../sys/marked-folder.ts';
import { describeError } from './print-error.ts';

const WORK_FD = 3;

try {
  await removeMarkedFolder(inheritedFolder(WORK_FD, process.argv[2]!));
} catch (error) {
  process.stderr.write(describeError(error).text);
  process.exitCode = 1;
}
