// Records the beginning and the end of every system call below this process.
//
// Needs:   CAP_BPF and CAP_PERFMON in the initial user namespace; Linux 5.12 (atomic fetch in BPF); a kernel with BPF and tracepoints.
// Does:    loads two programs, attaches them to the raw tracepoints sys_enter and sys_exit.
// Error:   calls are exact while there is room; `isFull` afterwards. From 7.0 on the kernel can leave out calls: `skippedCount`.
// Cost:    6 MiB of kernel memory while open; about 5 ms to open; 0.3 us per system call.
// Leaves:  nothing: the kernel frees maps and programs with their descriptors.
import type { CallRecorder, RecordedCall } from '../model/machine.ts';
import {
  attachTracepoint,
  createMap,
  loadProgram,
  MAP_TYPE_ARRAY,
  missedRuns,
  readArray,
  readRecords,
} from './bpf.ts';
import { AT, ENDED, RECORD_BYTES, RECORDED_POINTS, recordingProgram } from './bpf-recording.ts';
import { files } from './files.ts';
import { ownNamespace } from './own-namespace.ts';
import { callName } from './syscall-names.ts';

/** Beginnings and ends. */
const CAPACITY = 2 ** 18;

/** A call that has no end yet is left out. */
const callsIn = (records: Buffer): readonly RecordedCall[] => {
  const begun = new Map<number, { readonly call: number; readonly fromNs: number }>();
  const calls: RecordedCall[] = [];
  for (let at = 0; at < records.length; at += RECORD_BYTES) {
    const thread = records.readUInt32LE(at + AT.thread);
    const call = records.readUInt32LE(at + AT.call);
    const ns = Number(records.readBigUInt64LE(at + AT.ns));
    if (call !== ENDED) {
      begun.set(thread, { call, fromNs: ns });
      continue;
    }
    const own = begun.get(thread);
    begun.delete(thread);
    if (own === undefined) continue;
    const process = records.readUInt32LE(at + AT.process);
    calls.push({ process, thread, name: callName(own.call), fromNs: own.fromNs, untilNs: ns });
  }
  return calls;
};

export const openBpfRecorder = ({ capacity = CAPACITY } = {}): CallRecorder => {
  const open: number[] = [];
  const keep = (fd: number): number => {
    open.push(fd);
    return fd;
  };
  const close = (): void => {
    for (let fd = open.pop(); fd !== undefined; fd = open.pop()) files.close(fd);
  };
  try {
    const recordsFd = keep(createMap(MAP_TYPE_ARRAY, 4, RECORD_BYTES, capacity));
    const nextFd = keep(createMap(MAP_TYPE_ARRAY, 4, 8, 1));
    const parts = { recordsFd, nextFd, capacity, namespace: ownNamespace() };
    const programs = RECORDED_POINTS.map((point) => {
      const program = keep(loadProgram(recordingProgram(parts, point)));
      keep(attachTracepoint(program, point));
      return program;
    });
    return {
      read() {
        const count = readArray(nextFd);
        const recorded = readRecords(recordsFd, RECORD_BYTES, Math.min(count, capacity));
        const skippedCount = programs.reduce((sum, program) => sum + missedRuns(program), 0);
        return { calls: callsIn(recorded), isFull: count > capacity, skippedCount };
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
};
