// System calls over time within the windows of one life.
//
// Reads:   when each call begins and ends, in the first counting pass of `churn` with all files local: one slot per arm and image.
// Error:   times include the cost of recording, 0.3 us per call, and the counting of the same pass: order and shares, not durations to
//          compare with timed passes. After 131,072 calls nothing more is recorded. From 7.0 on single calls can be missing: a note.
// Cost:    only in that pass; 6 MiB of kernel memory.
// Leaves:  nothing.
import type { CallRecorder } from '../model/machine.ts';
import type { ArmedProbe, Phase, Probe, ProbeContext } from '../model/scenario.ts';
import { timelineOf } from './timeline-steps.ts';

/** CLOCK_MONOTONIC, as recorded calls have it. */
const nowNs = (): number => Number(process.hrtime.bigint());

const IDLE: ArmedProbe = { start() {}, stop() {}, collect: async () => ({}) };

const isWanted = ({ slot: { scenario, params, block } }: ProbeContext): boolean =>
  scenario === 'churn' && params['local'] === 'files' && block === 0;

const arm = async (context: ProbeContext): Promise<ArmedProbe> => {
  if (!isWanted(context)) return IDLE;
  let recorder: CallRecorder;
  try {
    recorder = context.machine.meters.callRecorder();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...IDLE, collect: async () => ({ notes: [`no timeline: ${reason}`] }) };
  }
  const actors = new Map<number, string>();
  const windows: { readonly phase: Phase; readonly fromNs: number; untilNs: number }[] = [];
  return {
    start(phase) {
      windows.push({ phase, fromNs: nowNs(), untilNs: 0 });
    },
    stop() {
      windows.at(-1)!.untilNs = nowNs();
    },
    childStarted(actor, pid) {
      actors.set(pid, actor);
    },
    serverStarted(actor, pid) {
      actors.set(pid, actor);
    },
    async collect() {
      const { calls, isFull, skippedCount } = recorder.read();
      const notes = [
        ...(isFull ? ['timeline: the last calls did not fit'] : []),
        ...(skippedCount > 0 ? [`timeline: up to ${skippedCount} calls are missing`] : []),
      ];
      return {
        timeline: timelineOf({ windows, calls, actors, own: process.pid }),
        ...(notes.length > 0 ? { notes } : {}),
      };
    },
    close() {
      recorder.close();
    },
  };
};

export const probe: Probe = {
  id: 'timeline',
  title: 'calls over time',
  needs: [{ title: 'BPF programs that record system calls', anyOf: ['bpf-ledger'] }],
  passes: ['count'],
  metrics: {},
  arm,
};
