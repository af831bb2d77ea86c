// Servers that were killed or failed: samples taken with them do not count.
import { UserError } from '../model/errors.ts';
import type { Machine } from '../model/machine.ts';

const CODE = 'server-ended';

/** Throws if a server of the machine was killed or ended with another exit code than 0 since the last call. */
export const refuseLost = ({ servers }: Pick<Machine, 'servers'>): void => {
  const lost = servers.lost();
  if (lost.length > 0) throw new UserError(lost.join('; '), { code: CODE, exit: 5 });
};

interface Failed {
  readonly code: string;
  readonly message: string;
}

/**
 * The end of a server, if that is what failed at the end of a slot or proof: it may be the reason of an earlier failure. The kernel aborts
 * the connection of a killed server before its process has ended.
 */
export const lostIn = (end: Failed | null): readonly string[] => (end?.code === CODE ? [end.message] : []);
