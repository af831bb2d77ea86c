// The best counter of system calls that works on this machine: BPF, else strace.
import { UserError } from '../model/errors.ts';
import type { CallCounter, Features } from '../model/machine.ts';
import { openBpfCounter } from './bpf-counter.ts';
import { openStraceCounter, type StraceCounter } from './strace.ts';

export const openCallCounter = (features: Features, scratch: string): CallCounter | StraceCounter => {
  if (features['bpf-ledger'].ok) return openBpfCounter();
  if (features.strace.ok) return openStraceCounter(scratch);
  throw new UserError('cannot count system calls on this machine', {
    exit: 4,
    code: 'skip',
    facts: [`BPF: ${features['bpf-ledger'].detail}`, `strace: ${features.strace.detail}`],
    hint: features['bpf-ledger'].hint,
  });
};
