// A name for this machine that tells runs of several machines apart and does not say which machine it is.
//
// Reads:  /etc/machine-id; without one, as in many containers, the id of the boot: then the label changes at the next boot.
// Does:   HMAC-SHA256 of an application id with the machine id as key, as sd_id128_get_machine_app_specific(3) does: the label cannot be
//         traced back, nor matched with ids that other programs publish. A digest of the host name could be found by guessing.
// Source: machine-id(5).
import { createHmac } from 'node:crypto';
import { UNKNOWN_MACHINE } from '../../results/schema/public-facts.ts';
import { readText } from './read-text.ts';

const MACHINE_ID = '/etc/machine-id';
const BOOT_ID = '/proc/sys/kernel/random/boot_id';
/** Chosen at random for cfsbench. */
const APPLICATION_ID = Buffer.from('b1f0c3d27a5e4d0f9c6e58a4137e92d6', 'hex');
/** Among a thousand machines two have the same label with a probability of 3 %. */
const DIGITS = 6;

/** `read`: for tests. */
export const machineLabel = (read: (path: string) => string | null = readText): string => {
  const id = [MACHINE_ID, BOOT_ID]
    .map((path) => read(path)?.replaceAll('-', '').trim() ?? '')
    .find((text) => /^[0-9a-f]{32}$/.test(text));
  if (id === undefined) return UNKNOWN_MACHINE;
  const digest = createHmac('sha256', Buffer.from(id, 'hex')).update(APPLICATION_ID).digest('hex');
  return `machine-${digest.slice(0, DIGITS)}`;
};
