// Whether this process is the inner one of a run.
import type { Privilege } from './namespace-probe.ts';

/** Environment variable that the outer process sets. */
export const INNER = 'CFSBENCH_INNER';

/** How the namespace of this process was made; null in the outer process. */
export const innerPrivilege = (): Privilege | null => {
  const value = process.env[INNER];
  return value === 'root' || value === 'user namespace' ? value : null;
};
