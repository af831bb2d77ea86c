// bpf(2): maps, programs and raw tracepoints.
//
// Needs:   Linux 5.6; CAP_BPF and CAP_PERFMON (root) in the initial user namespace.
// Error:   a rejected program throws with the verifier's log.
// Leaves:  nothing: the kernel frees maps, programs and attachments with their descriptors.
// Source:  bpf(2), include/uapi/linux/bpf.h.
import koffi from 'koffi';
import { bindCall, EAGAIN, ENOENT, fail, lastErrno, NR } from './libc.ts';

const cBpf = bindCall<(nr: number, command: number, attributes: Uint8Array, size: number) => number>(
  'int',
  'void *',
  'uint',
);

const MAP_CREATE = 0;
const MAP_LOOKUP_ELEM = 1;
const PROG_LOAD = 5;
const OBJ_GET_INFO_BY_FD = 15;
const RAW_TRACEPOINT_OPEN = 17;
const MAP_LOOKUP_BATCH = 24;
const MAP_LOOKUP_AND_DELETE_BATCH = 25;
export const MAP_TYPE_HASH = 1;
export const MAP_TYPE_ARRAY = 2;
const PROG_TYPE_RAW_TRACEPOINT = 17;

const ATTRIBUTES_BYTES = 64;
const LOG_BYTES = 65536;
const BATCH_ENTRIES = 2048;
const PROG_INFO_BYTES = 224;
const RECURSION_MISSES_AT = 208;
const INSTRUCTION_BYTES = 8;

const LICENSE = Buffer.from('GPL\0');

/**
 * Attributes and the data that they point to in one buffer: the buffer stays alive during the call; separate buffers could be
 * garbage-collected.
 */
const block = (
  parts: readonly Buffer[],
): { readonly memory: Buffer; readonly at: (part: number) => bigint } => {
  const offsets: number[] = [];
  let size = ATTRIBUTES_BYTES;
  for (const part of parts) {
    offsets.push(size);
    size += Math.ceil(part.length / 8) * 8;
  }
  const memory = Buffer.alloc(size);
  parts.forEach((part, index) => {
    part.copy(memory, offsets[index]);
  });
  const base = BigInt(koffi.address(memory));
  return { memory, at: (part) => base + BigInt(offsets[part] ?? 0) };
};

const bpf = (command: number, memory: Buffer): number => cBpf(NR.bpf, command, memory, ATTRIBUTES_BYTES);

export const createMap = (type: number, keyBytes: number, valueBytes: number, maxEntries: number): number => {
  const { memory } = block([]);
  [type, keyBytes, valueBytes, maxEntries].forEach((value, index) => {
    memory.writeUInt32LE(value, index * 4);
  });
  const fd = bpf(MAP_CREATE, memory);
  return fd < 0 ? fail('bpf(BPF_MAP_CREATE)') : fd;
};

/** `logBytes`: size of the verifier's log, 0 for none; the log costs time. */
const load = (
  program: Buffer,
  logBytes: number,
): { readonly fd: number; readonly errno: number; readonly log: string } => {
  const { memory, at } = block([LICENSE, program, Buffer.alloc(logBytes)]);
  memory.writeUInt32LE(PROG_TYPE_RAW_TRACEPOINT, 0);
  memory.writeUInt32LE(program.length / INSTRUCTION_BYTES, 4);
  memory.writeBigUInt64LE(at(1), 8);
  memory.writeBigUInt64LE(at(0), 16);
  if (logBytes > 0) {
    memory.writeUInt32LE(1, 24);
    memory.writeUInt32LE(logBytes, 28);
    memory.writeBigUInt64LE(at(2), 32);
  }
  const fd = bpf(PROG_LOAD, memory);
  const errno = fd < 0 ? lastErrno() : 0;
  const log = memory.subarray(memory.length - logBytes);
  return { fd, errno, log: log.toString('latin1', 0, Math.max(0, log.indexOf(0))) };
};

/** The verifier returns EAGAIN if a signal is pending: try again. */
const LOAD_ATTEMPTS = 10;

export const loadProgram = (program: Buffer): number => {
  let { fd, errno } = load(program, 0);
  for (let i = 1; i < LOAD_ATTEMPTS && fd < 0 && errno === EAGAIN; i++) ({ fd, errno } = load(program, 0));
  if (fd >= 0) return fd;
  const lines = load(program, LOG_BYTES).log.trim().split('\n').slice(-8);
  return fail('bpf(BPF_PROG_LOAD)', { facts: lines.filter((line) => line !== '') }, errno);
};

/** Returns a descriptor; closing it detaches the program. */
export const attachTracepoint = (program: number, name: string): number => {
  const { memory, at } = block([Buffer.from(`${name}\0`)]);
  memory.writeBigUInt64LE(at(0), 0);
  memory.writeUInt32LE(program, 8);
  const fd = bpf(RAW_TRACEPOINT_OPEN, memory);
  return fd < 0 ? fail('bpf(BPF_RAW_TRACEPOINT_OPEN)', { facts: [name] }) : fd;
};

/** An element of an array of 64 bits. */
export const readArray = (map: number, element = 0): number => {
  const { memory, at } = block([Buffer.alloc(8), Buffer.alloc(8)]);
  memory.writeUInt32LE(map, 0);
  memory.writeBigUInt64LE(at(0), 8);
  memory.writeBigUInt64LE(at(1), 16);
  memory.writeUInt32LE(element, ATTRIBUTES_BYTES);
  if (bpf(MAP_LOOKUP_ELEM, memory) < 0) fail('bpf(BPF_MAP_LOOKUP_ELEM)');
  return Number(memory.readBigInt64LE(ATTRIBUTES_BYTES + 8));
};

/** Runs that the kernel skipped because the program was already running on that CPU; 0 on kernels that do not count them. */
export const missedRuns = (program: number): number => {
  const { memory, at } = block([Buffer.alloc(PROG_INFO_BYTES)]);
  memory.writeUInt32LE(program, 0);
  memory.writeUInt32LE(PROG_INFO_BYTES, 4);
  memory.writeBigUInt64LE(at(0), 8);
  if (bpf(OBJ_GET_INFO_BY_FD, memory) < 0) fail('bpf(BPF_OBJ_GET_INFO_BY_FD)');
  return Number(memory.readBigUInt64LE(ATTRIBUTES_BYTES + RECURSION_MISSES_AT));
};

/** The first `count` values of an array. */
export const readRecords = (map: number, valueBytes: number, count: number): Buffer => {
  if (count === 0) return Buffer.alloc(0);
  const { memory, at } = block([Buffer.alloc(8), Buffer.alloc(count * 4), Buffer.alloc(count * valueBytes)]);
  memory.writeBigUInt64LE(at(0), 8);
  memory.writeBigUInt64LE(at(1), 16);
  memory.writeBigUInt64LE(at(2), 24);
  memory.writeUInt32LE(count, 32);
  memory.writeUInt32LE(map, 36);
  // ENOENT: the array has no more values.
  if (bpf(MAP_LOOKUP_BATCH, memory) < 0 && lastErrno() !== ENOENT) fail('bpf(BPF_MAP_LOOKUP_BATCH)');
  const from = Number(at(2) - at(0)) + ATTRIBUTES_BYTES;
  return memory.subarray(from, from + count * valueBytes);
};

export interface CountHash {
  /** Calls `each` with the upper half of the key, and the lower and upper half of the value. */
  read(each: (call: number, count: number, pid: number) => void): void;
  /** No program may write to the map meanwhile. */
  clear(): void;
}

/** A hash of u64 with 8-byte keys. */
export const countHash = (map: number): CountHash => {
  const { memory, at } = block([
    Buffer.alloc(8),
    Buffer.alloc(BATCH_ENTRIES * 8),
    Buffer.alloc(BATCH_ENTRIES * 8),
  ]);
  const keys = ATTRIBUTES_BYTES + 8;
  const values = keys + BATCH_ENTRIES * 8;
  const batches = (command: number, name: string, each: (entryCount: number) => void): void => {
    for (let begun = false, ended = false; !ended; begun = true) {
      memory.fill(0, 0, ATTRIBUTES_BYTES);
      if (begun) memory.writeBigUInt64LE(at(0), 0);
      memory.writeBigUInt64LE(at(0), 8);
      memory.writeBigUInt64LE(at(1), 16);
      memory.writeBigUInt64LE(at(2), 24);
      memory.writeUInt32LE(BATCH_ENTRIES, 32);
      memory.writeUInt32LE(map, 36);
      if (bpf(command, memory) < 0) {
        const errno = lastErrno();
        if (errno !== ENOENT) fail(`bpf(${name})`, {}, errno);
        ended = true;
      }
      each(memory.readUInt32LE(32));
    }
  };
  return {
    read(each) {
      batches(MAP_LOOKUP_BATCH, 'BPF_MAP_LOOKUP_BATCH', (entryCount) => {
        for (let i = 0; i < entryCount; i++) {
          const value = values + i * 8;
          each(
            memory.readUInt32LE(keys + i * 8 + 4),
            memory.readUInt32LE(value),
            memory.readUInt32LE(value + 4),
          );
        }
      });
    },
    clear() {
      batches(MAP_LOOKUP_AND_DELETE_BATCH, 'BPF_MAP_LOOKUP_AND_DELETE_BATCH', () => {});
    },
  };
};
