// The best way of counting system calls that this machine has.
import { UserError } from '../model/errors.ts';
import type { CallCounter, Features } from '../model/machine.ts';
import { openBpfCounter } from './bpf-counter.ts';
import { openStraceCounter, type StraceCounter } from './strace.ts';

export type Counter = CallCounter | StraceCounter;

export const openCallCounter = (features: Features, scratch: string): Counter => {
  if (features['bpf-ledger'].ok) return openBpfCounter();
  if (features.strace.ok) return openStraceCounter(scratch);
  throw new UserError('system calls cannot be counted here', {
    exit: 4,
    code: 'skip',
    facts: [`BPF: ${features['bpf-ledger'].detail}`, `strace: ${features.strace.detail}`],
    hint: features['bpf-ledger'].hint,
  });
};
