// The first root file system of a guest: busybox and the modules of its kernel, which are kept; the first process and the job.
import { cpioOf, fileEntry, folderEntry } from './cpio.ts';
import { firstProcess } from './guest-scripts.ts';
import type { KernelModule } from './modules.ts';

const FOLDERS = ['bin', 'dev', 'proc', 'sys', 'root', 'modules'];
const DIGITS = 3;

/** The same for every job of a kernel, and for later versions of this program. `busybox`: a static program. */
export const initramfsOf = (busybox: Uint8Array, modules: readonly KernelModule[]): Buffer =>
  cpioOf([
    ...FOLDERS.map(folderEntry),
    fileEntry('bin/busybox', busybox),
    ...modules.map(({ name, bytes }, at) =>
      fileEntry(`modules/${String(at).padStart(DIGITS, '0')}-${name}.ko`, bytes),
    ),
  ]);

/** The kernel unpacks several archives one after the other; a file of a later one takes the place of an earlier one's. */
export const jobArchive = (job: string): Buffer =>
  cpioOf([fileEntry('init', firstProcess), fileEntry('job', job)]);
