// Reasons for which a backend skips an image or a mount.
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { IngestHow } from '../model/machine.ts';

export const skip = (reason: string, hint?: string): never => {
  throw new UserError(reason, { code: 'skip', ...(hint === undefined ? {} : { hint }) });
};

/** Skips images whose whiteouts or overlay attributes an unpacked tree cannot show. */
export const refuseUnpackable = ({ notUnpackable }: Image): void => {
  if (notUnpackable !== null) skip(notUnpackable);
};

export const refuseWritable = (writable: unknown, reason: string): void => {
  if (writable !== undefined) skip(reason);
};

export const refuseDigested = (how: IngestHow = 'trusted'): void => {
  if (how !== 'trusted') skip('tar fills the link store and computes no digests');
};
