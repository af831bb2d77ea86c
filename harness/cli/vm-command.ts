// The command `cfsbench vm`: its options and help. What it does is loaded when it is called.
import { Command } from 'commander';
import { UserError } from '../model/errors.ts';
import type { AskedKernel } from '../vm/kernel.ts';
import { duration, wholeNumber } from './option-values.ts';

export interface VmOptions {
  readonly out?: string;
  readonly cache?: string;
  readonly matrix?: boolean;
  readonly from?: string;
  readonly memory: number;
  /** Nanoseconds. */
  readonly limit: number;
}

const MEMORY_MB = {
  option: '--memory',
  least: 512,
  most: 65_536,
  because: 'the guest needs 512 MB',
} as const;
const DEFAULT_MEMORY_MB = 1024;
const DEFAULT_LIMIT_NS = 2 * 3_600e9;

const HELP = `
Runs cfsbench in a virtual machine with another kernel, and copies the run
folder to this machine. KVM runs the guest on the CPUs of this machine; where it
cannot, QEMU emulates them. In an emulated run, counts, correctness and memory
objects are results; times are shown in parentheses and judged by nothing.
It needs an x86-64 machine, and a Node.js without shared libraries of its own,
such as that of nodejs.org or of npx -p node@20; Debian's own package has some.

--kernel PATH takes a bzImage or vmlinux. It needs virtio disks, ext4, tmpfs, a
serial console and the measured file systems, built in or as modules in
--modules DIR: the folder of the kernel build, or that of make modules_install
INSTALL_MOD_PATH=DIR:
  CONFIG_VIRTIO_PCI CONFIG_VIRTIO_BLK CONFIG_EXT4_FS CONFIG_TMPFS
  CONFIG_DEVTMPFS CONFIG_BLK_DEV_INITRD CONFIG_SERIAL_8250_CONSOLE
  CONFIG_OVERLAY_FS CONFIG_EROFS_FS CONFIG_FUSE_FS CONFIG_BLK_DEV_LOOP
To count system calls:
  CONFIG_BPF_SYSCALL CONFIG_BPF_EVENTS CONFIG_FTRACE_SYSCALLS
Set in every usual configuration, and not in tinyconfig:
  CONFIG_BINFMT_SCRIPT CONFIG_UNIX98_PTYS CONFIG_UNIX CONFIG_INET CONFIG_PID_NS

The guest (a small Debian, made once by mmdebstrap) and downloaded kernels are
kept in ~/.cache/cfsbench-vm; cfsbench clean --cache removes them.

Examples:
  cfsbench vm --kernel deb:6.12 -- run --profile quick --count-only
  cfsbench vm --kernel arch/x86/boot/bzImage --modules . -- run --count-only
  cfsbench vm --matrix                   # kernels of Debian from 6.1 on
  cfsbench vm --matrix --from runs/kernels # the page again
  cfsbench vm --kernel deb:6.1 --kernel deb:7.3 -- run --count-only`;

/** `--modules` belongs to the `--kernel` before it. */
const kernelsAsked = () => {
  const asked: AskedKernel[] = [];
  return {
    asked,
    addKernel: (from: string): string => {
      asked.push({ from, modules: null });
      return from;
    },
    addModules: (modules: string): string => {
      const last = asked.pop();
      if (last === undefined || last.modules !== null)
        throw new UserError('--modules DIR must follow its --kernel PATH');
      asked.push({ ...last, modules });
      return modules;
    },
  };
};

export const vmCommand = (): Command => {
  const kernels = kernelsAsked();
  return new Command('vm')
    .description('run cfsbench in a virtual machine with another kernel')
    .argument('[COMMAND...]', 'after --: run and its options, without --out and --work')
    .option(
      '--kernel <KERNEL>',
      'a bzImage or vmlinux, or deb:VERSION for a kernel of Debian; may be repeated',
      kernels.addKernel,
    )
    .option('--modules <DIR>', 'modules of the preceding --kernel', kernels.addModules)
    .option('--matrix', 'several kernels side by side: features, counts and claims as one page')
    .option('--from <DIR>', 'with --matrix: use the runs in this folder and boot nothing')
    .option('--out <DIR>', 'run folder; with several kernels the parent of their run folders')
    .option('--cache <DIR>', 'folder for guests and kernels (default: ~/.cache)')
    .option('--memory <MB>', 'memory of the guest', wholeNumber(MEMORY_MB), DEFAULT_MEMORY_MB)
    .option('--limit <TIME>', 'kill a guest that runs longer (default: 2h)', duration('--limit'))
    .addHelpText('after', HELP)
    .action(async (words: readonly string[], options: Partial<VmOptions>) => {
      const asked = {
        asked: kernels.asked,
        words,
        options: { memory: DEFAULT_MEMORY_MB, limit: DEFAULT_LIMIT_NS, ...options },
      };
      if (options.matrix === true || options.from !== undefined) {
        const { matrix } = await import('./vm-matrix.ts');
        return matrix(asked);
      }
      const { vm } = await import('./vm.ts');
      return vm(asked);
    });
};
