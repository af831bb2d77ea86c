// Every start of a program does it hundreds of times.
import { isFile, microScenario } from './micro.ts';

export const scenario = microScenario({
  operation: 'open',
  title: 'open and close',
  question: 'How long does it take to open and close a file that is cached?',
  reproduce: 'open and close of one of 256 files, everything touched before',
  target: (entry) => (isFile(entry) ? '' : null),
});
