// Loop devices over a file, read-only, freed by themselves when the last user closes them.
//
// Needs:   root in the initial user namespace; /dev/loop-control.
// Does:    LOOP_CTL_GET_FREE, then LOOP_CONFIGURE (Linux 5.8) or LOOP_SET_FD with LOOP_SET_STATUS64.
// Error:   another process may take the free device first: the next one is tried.
// Leaves:  nothing bound: autoclear is set before the descriptor is handed out. Loop devices are in no namespace: those that the
//          kernel had to make stay, free, until `removeNewLoops` takes them away.
// Source:  loop(4), include/uapi/linux/loop.h.
import { existsSync, readdirSync } from 'node:fs';
import { UserError } from '../model/errors.ts';
import { files, O_RDONLY } from './files.ts';
import { bind, bindInPool, EBUSY, EINVAL, ENOTTY, ENXIO, fail, lastErrno } from './libc.ts';

type Ioctl<A> = (fd: number, request: number, argument: A) => number;
const ioctlValue = bind<Ioctl<number>>('ioctl', 'int', 'ulong', 'long');
const ioctlBytes = bind<Ioctl<Uint8Array>>('ioctl', 'int', 'ulong', 'void *');
const ioctlInPool = bindInPool<[fd: number, request: number, argument: number]>(
  'ioctl',
  'int',
  'ulong',
  'long',
);

const LOOP_SET_FD = 0x4c00;
const LOOP_CLR_FD = 0x4c01;
const LOOP_SET_STATUS64 = 0x4c04;
const LOOP_GET_STATUS64 = 0x4c05;
const LOOP_SET_DIRECT_IO = 0x4c08;
const LOOP_CONFIGURE = 0x4c0a;
const LOOP_CTL_REMOVE = 0x4c81;
const LOOP_CTL_GET_FREE = 0x4c82;
const LO_FLAGS_READ_ONLY = 1;
const LO_FLAGS_AUTOCLEAR = 4;
const LO_FLAGS_DIRECT_IO = 16;

// struct loop_config { u32 fd, block_size; struct loop_info64 info; u64 reserved[8] }
const CONFIG_BYTES = 304;
const INFO_AT = 8;
const INFO_BYTES = 232;
const FLAGS_AT = 52;
const NAME_AT = 56;
const NAME_BYTES = 64;

const ATTEMPTS = 64;
const REMOVED_AT_ONCE = 32;

export interface Loop {
  readonly device: string;
  readonly fd: number;
}

const describe = (file: string, flags: number): Buffer => {
  const info = Buffer.alloc(INFO_BYTES);
  info.writeUInt32LE(flags, FLAGS_AT);
  info.write(file.slice(-(NAME_BYTES - 1)), NAME_AT, NAME_BYTES - 1, 'latin1');
  return info;
};

/** Kernels before 5.8. Autoclear comes with the second call; should that fail, the device is cleared by hand. */
const configureInSteps = (fd: number, backing: number, file: string, directIo: boolean): number => {
  if (ioctlValue(fd, LOOP_SET_FD, backing) < 0) return lastErrno();
  const info = describe(file, LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR);
  const failed =
    ioctlBytes(fd, LOOP_SET_STATUS64, info) < 0 || (directIo && ioctlValue(fd, LOOP_SET_DIRECT_IO, 1) < 0);
  if (!failed) return 0;
  const errno = lastErrno();
  ioctlValue(fd, LOOP_CLR_FD, 0);
  return errno;
};

const configure = (fd: number, backing: number, file: string, directIo: boolean): number => {
  const config = Buffer.alloc(CONFIG_BYTES);
  config.writeUInt32LE(backing, 0);
  const flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR | (directIo ? LO_FLAGS_DIRECT_IO : 0);
  describe(file, flags).copy(config, INFO_AT);
  if (ioctlBytes(fd, LOOP_CONFIGURE, config) === 0) return 0;
  const errno = lastErrno();
  return errno === EINVAL || errno === ENOTTY ? configureInSteps(fd, backing, file, directIo) : errno;
};

/** Every number that the kernel handed to this process. */
const handedOut = new Set<number>();

const freeDevice = (): string => {
  const control = files.open('/dev/loop-control', O_RDONLY);
  try {
    const number = ioctlValue(control, LOOP_CTL_GET_FREE, 0);
    if (number < 0) fail('ioctl(LOOP_CTL_GET_FREE)', { hint: 'losetup --list' });
    handedOut.add(number);
    return `/dev/loop${number}`;
  } finally {
    files.close(control);
  }
};

/** A file system that cannot do it gets a buffered device from the kernel, and no error. */
const isDirect = (fd: number): boolean => {
  const info = Buffer.alloc(INFO_BYTES);
  if (ioctlBytes(fd, LOOP_GET_STATUS64, info) < 0) fail('ioctl(LOOP_GET_STATUS64)');
  return (info.readUInt32LE(FLAGS_AT) & LO_FLAGS_DIRECT_IO) !== 0;
};

const refuseBuffered = (file: string): never => {
  throw new UserError('the file system of the work folder takes no direct I/O from a loop device', {
    exit: 4,
    code: 'skip',
    facts: [file],
    hint: 'give a work folder on another file system: --work DIR',
  });
};

export const attachLoop = (file: string, directIo: boolean): Loop => {
  const backing = files.open(file, O_RDONLY);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const device = freeDevice();
      const fd = files.open(device, O_RDONLY);
      const errno = configure(fd, backing, file, directIo);
      if (errno === 0 && directIo && !isDirect(fd)) {
        files.close(fd);
        refuseBuffered(file);
      }
      if (errno === 0) return { device, fd };
      files.close(fd);
      if (errno !== EBUSY) fail('ioctl(LOOP_CONFIGURE)', { facts: [device, file] }, errno);
    }
  } finally {
    files.close(backing);
  }
  throw new UserError('no loop device could be had', {
    exit: 4,
    code: 'EBUSY',
    facts: [`attempts: ${ATTEMPTS}, each taken by somebody else first`],
    hint: 'losetup --list',
  });
};

export const loopFree = (device: string): boolean => {
  const fd = files.open(device, O_RDONLY);
  const status = ioctlBytes(fd, LOOP_GET_STATUS64, Buffer.alloc(INFO_BYTES));
  const errno = status < 0 ? lastErrno() : 0;
  files.close(fd);
  if (status < 0 && errno !== ENXIO) fail('ioctl(LOOP_GET_STATUS64)', { facts: [device] }, errno);
  return status < 0;
};

let there: ReadonlySet<number> | null = null;

/** Takes down which loop devices there are, bound or free, before any is asked for. */
export const noteLoops = (): void => {
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
