// The page cache of a file, as the backend reaches it.
import { isFile, microScenario } from './micro.ts';

export const scenario = microScenario({
  operation: 'read',
  title: 'read of 4 KiB',
  question: 'How long does it take to read 4 KiB that are cached?',
  reproduce: 'open one of 256 files, pread of 4 KiB, close; only the pread is counted',
  target: (entry) => (isFile(entry) ? '' : null),
});
