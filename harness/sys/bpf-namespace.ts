// The filter of the BPF programs: processes of one PID namespace, with their ids there.
//
// Source:  kernel/trace/bpf_trace.c, bpf_get_ns_current_pid_tgid.
import type { Assembler, Register } from './bpf-assembler.ts';

const HELPER_NS_PID_TGID = 120;
const FRAME: Register = 10;
const IDS_BYTES = 8;

/** Device in the kernel's layout, and inode. */
export interface PidNamespace {
  readonly device: bigint;
  readonly inode: bigint;
}

/** Writes thread id and process id, 32 bits each, at an offset of the stack frame. Jumps to `end` for processes of other namespaces. */
export const readIdsOrEnd = (a: Assembler, { device, inode }: PidNamespace, offset: number): void => {
  a.storeValue('u64', FRAME, offset, 0);
  a.set64(1, device);
  a.set64(2, inode);
  a.move(3, FRAME);
  a.add(3, offset);
  a.set(4, IDS_BYTES);
  a.call(HELPER_NS_PID_TGID);
  a.jumpIf('ne', 0, 0, 'end');
};
