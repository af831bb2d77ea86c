// Facts about the virtual machine of this process, handed over by `cfsbench vm` to the cfsbench in its guest.
import type { Guest } from '../../results/schema/machine.ts';

export const GUEST = 'CFSBENCH_GUEST';

export interface GuestSetting extends Guest {
  /** Of the program; the guest has no checkout. */
  readonly commit: string | null;
  /** The guest is killed after this time, with all samples. */
  readonly limitNs: number;
}

const settingOf = (text: string | undefined): GuestSetting | null =>
  text === undefined ? null : (JSON.parse(text) as GuestSetting);

/** Null: not started by `cfsbench vm`. */
export const guestSetting = settingOf(process.env[GUEST]);

const EMULATED_PATIENCE = 30;

/** Factor of limits on other processes: an emulated CPU is that much slower, and a busy host slows it further. */
export const patience = guestSetting?.emulated === true ? EMULATED_PATIENCE : 1;
