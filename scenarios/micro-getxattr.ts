// The request that ls -l and every write make for files without attributes.
import { isFile, microScenario } from './micro.ts';

export const scenario = microScenario({
  operation: 'getxattr',
  title: 'getxattr',
  question: 'How long does it take to look up an absent attribute?',
  reproduce: 'lgetxattr of security.capability, which no entry has, of one of 256 files',
  target: (entry) => (isFile(entry) && entry.xattrs.length === 0 ? 'security.capability' : null),
});
