// The listing of one directory, without its entries.
import { isDirectory, microScenario } from './micro.ts';

export const scenario = microScenario({
  operation: 'getdents',
  title: 'getdents',
  question: 'How long does it take to list a directory that is cached?',
  reproduce:
    'getdents64 of one of 256 directories that were listed to their ends before, first call; opening is not counted',
  target: (entry) => (isDirectory(entry) ? '' : null),
});
