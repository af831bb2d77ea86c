// What the kernel calls the parts of a loop device, and the taking away of those that it had to make.
//
// Needs:   root in the initial user namespace; /dev/loop-control.
// Leaves:  loop devices are in no namespace: those that the kernel had to make stay, free, until `removeNewLoops`.
// Source:  loop(4), include/uapi/linux/loop.h.
import { existsSync, readdirSync } from 'node:fs';
import { files, O_RDONLY } from './files.ts';
import { bindInPool } from './libc.ts';

const ioctlInPool = bindInPool<[fd: number, request: number, argument: number]>(
  'ioctl',
  'int',
  'ulong',
  'long',
);

export const LOOP_SET_FD = 0x4c00;
export const LOOP_SET_STATUS64 = 0x4c04;
export const LOOP_GET_STATUS64 = 0x4c05;
export const LOOP_SET_DIRECT_IO = 0x4c08;
export const LOOP_CONFIGURE = 0x4c0a;
const LOOP_CTL_REMOVE = 0x4c81;
export const LOOP_CTL_GET_FREE = 0x4c82;
export const LO_FLAGS_READ_ONLY = 1;
export const LO_FLAGS_AUTOCLEAR = 4;
export const LO_FLAGS_DIRECT_IO = 16;

// struct loop_config { u32 fd, block_size; struct loop_info64 info; u64 reserved[8] }
export const CONFIG_BYTES = 304;
export const INFO_AT = 8;
export const INFO_BYTES = 232;
export const FLAGS_AT = 52;
const NAME_AT = 56;
const NAME_BYTES = 64;

const REMOVED_AT_ONCE = 32;

/** struct loop_info64. */
export const describeLoop = (file: string, flags: number): Buffer => {
  const info = Buffer.alloc(INFO_BYTES);
  info.writeUInt32LE(flags, FLAGS_AT);
  info.write(file.slice(-(NAME_BYTES - 1)), NAME_AT, NAME_BYTES - 1, 'latin1');
  return info;
};

/** Every number that the kernel handed to this process. */
export const handedOut = new Set<number>();

let there: ReadonlySet<number> | null = null;

/** Takes down which loop devices there are, bound or free, before any is asked for. */
export const recordPreexistingLoops = (): void => {
  there = new Set(
    (existsSync('/sys/block') ? readdirSync('/sys/block') : []).flatMap((name) => {
      const number = /^loop(\d+)$/.exec(name)?.[1];
      return number === undefined ? [] : [Number(number)];
    }),
  );
};

/**
 * Takes away what was made for this process since then; a device that somebody uses stays. Each removal waits for the kernel's grace
 * periods, so several are under way at once: of two hundred, one after another took 7 s, four at once 1.6 s, 32 at once 0.2 s.
 */
export const removeNewLoops = async (): Promise<void> => {
  const made = [...handedOut].filter((number) => there !== null && !there.has(number));
  if (made.length === 0) return;
  const control = files.open('/dev/loop-control', O_RDONLY);
  try {
    const left = made.values();
    const lane = async (): Promise<void> => {
      for (const number of left)
        if ((await ioctlInPool(control, LOOP_CTL_REMOVE, number)) >= 0) handedOut.delete(number);
    };
    await Promise.all(Array.from({ length: REMOVED_AT_ONCE }, lane));
  } finally {
    files.close(control);
  }
};
