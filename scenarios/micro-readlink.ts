// The resolution of every shared library does it.
import { isLink, microScenario } from './micro.ts';

export const scenario = microScenario({
  operation: 'readlink',
  title: 'readlink',
  question: 'How long does one readlink take when everything is cached?',
  reproduce: 'readlink of one of 256 symbolic links, everything touched before',
  target: (entry) => (isLink(entry) ? '' : null),
});
