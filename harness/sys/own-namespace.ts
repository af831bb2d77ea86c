// The PID namespace of this process, as BPF programs compare it.
import { statSync } from 'node:fs';

/** Converts a device number of stat(2) to the kernel's own layout of 12 + 20 bits. */
const kernelDevice = (device: bigint): bigint => {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  return (major << 20n) | minor;
};

export const ownNamespace = (): { readonly device: bigint; readonly inode: bigint } => {
  const { dev, ino } = statSync('/proc/self/ns/pid', { bigint: true });
  return { device: kernelDevice(dev), inode: ino };
};
