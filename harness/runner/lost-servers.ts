// Servers that were killed or failed: samples taken with them do not count.
import { UserError } from '../model/errors.ts';
import type { Machine } from '../model/machine.ts';

/** Throws if a server of the machine was killed or ended with another exit code than 0 since the last call. */
export const refuseLost = ({ servers }: Pick<Machine, 'servers'>): void => {
  const lost = servers.lost();
  if (lost.length > 0) throw new UserError(lost.join('; '), { code: 'server-ended', exit: 5 });
};
