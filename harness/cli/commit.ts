// The commit of this checkout.
import { execFileSync } from 'node:child_process';
import { guestSetting } from '../sys/guest.ts';

const GIT_LIMIT_MS = 5000;

/** Null outside a checkout. In a guest that of its host. */
export const commitOf = (): string | null => {
  if (guestSetting !== null) return guestSetting.commit;
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      cwd: new URL('../../..', import.meta.url),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: GIT_LIMIT_MS,
      killSignal: 'SIGKILL',
    }).trim();
  } catch {
    return null;
  }
};
