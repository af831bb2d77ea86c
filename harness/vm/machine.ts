// The virtual machine of a guest: the arguments of QEMU.
import { availableParallelism } from 'node:os';

export const QEMU = 'qemu-system-x86_64';
export type Accelerator = 'kvm' | 'tcg';

/**
 * x86-64-v2 and no more: `max` offers AVX too, which programs then use and QEMU emulates more slowly than SSE. `rdrand` seeds the kernel's
 * random numbers.
 */
const EMULATED_CPU = 'qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+rdrand';

/** `thread=single`: emulated CPUs take turns. With a thread for each, a kernel that patches its own code dies now and then (int3). */
const ACCELERATORS: Readonly<Record<Accelerator, { readonly accel: string; readonly cpu: string }>> = {
  kvm: { accel: 'kvm', cpu: 'host' },
  tcg: { accel: 'tcg,thread=single', cpu: EMULATED_CPU },
};

/** `no_timer_check`: on a busy host the check of the timer fails and panics. `panic=-1`: a panic ends the guest at once. */
const KERNEL_OPTIONS = 'console=ttyS0 no_timer_check panic=-1 random.trust_cpu=on';
const MOST_CPUS = 4;

export interface GuestMachine {
  readonly accelerator: Accelerator;
  readonly memoryMb: number;
  readonly kernel: string;
  readonly initramfs: string;
  /** In the order in which the guest names them. */
  readonly disks: readonly { readonly path: string; readonly isReadOnly: boolean }[];
  /** A file for what the kernel says. */
  readonly console: string;
}

/** A comma begins the next option unless it is doubled. */
const optionPath = (path: string): string => path.replaceAll(',', ',,');

/** Without `werror`, QEMU stops a guest whose host has no space left, until its limit. */
const WRITABLE = 'readonly=off,werror=report';

/** The second serial line is standard output. Without network and display; the end of the guest is that of QEMU. */
export const qemuArguments = (machine: GuestMachine): readonly string[] => {
  const { accel, cpu } = ACCELERATORS[machine.accelerator];
  const cpus = Math.min(MOST_CPUS, availableParallelism());
  return [
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...['-machine', 'q35', '-accel', accel, '-cpu', cpu, '-smp', `${cpus}`, '-m', `${machine.memoryMb}`],
    ...['-kernel', machine.kernel, '-initrd', machine.initramfs, '-append', KERNEL_OPTIONS],
    ...['-device', 'virtio-rng-pci'],
    ...['-serial', `file:${machine.console}`, '-serial', 'stdio'],
    ...machine.disks.flatMap(({ path, isReadOnly }, at) => [
      '-drive',
      `file=${optionPath(path)},if=none,id=disk${at},format=raw,cache=unsafe,${isReadOnly ? 'readonly=on' : WRITABLE}`,
      '-device',
      `virtio-blk-pci,drive=disk${at}`,
    ]),
  ];
};
