// Features that several scenarios need, each with the title that `doctor` and skips print.
import type { Need } from '../harness/model/machine.ts';

export const LS: Need = { title: 'ls', anyOf: ['ls'] };
export const DROPPED_CACHES: Need = { title: 'caches that can be dropped', anyOf: ['drop-caches'] };
