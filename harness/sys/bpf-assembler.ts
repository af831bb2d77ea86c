// Assembles BPF instructions of eight bytes each, with jumps to labels.
//
// Source: Documentation/bpf/standardization/instruction-set.rst; include/uapi/linux/bpf.h.

/** r0: result; r1 to r5: arguments; r6 to r9: preserved by calls; r10: frame pointer. */
export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

const SIZES = { u32: 0x00, u64: 0x18 } as const;
type OperandSize = keyof typeof SIZES;
const JUMPS = { eq: 0x10, ne: 0x50, le: 0xb0, lt: 0xa0 } as const;
type JumpCondition = keyof typeof JUMPS;

const BPF_PSEUDO_MAP_FD = 1;
const BPF_FETCH = 1;
const INSTRUCTION_BYTES = 8;

export interface Assembler {
  move(to: Register, from: Register): void;
  set(to: Register, value: number): void;
  set64(to: Register, value: bigint): void;
  map(to: Register, fd: number): void;
  add(to: Register, value: number): void;
  or(to: Register, value: number | { readonly register: Register }): void;
  shiftLeft(to: Register, bits: number): void;
  shiftRight(to: Register, bits: number): void;
  /** Copies the low 32 bits and clears the rest. */
  moveLow(to: Register, from: Register): void;
  load(size: OperandSize, to: Register, base: Register, offset: number): void;
  store(size: OperandSize, base: Register, offset: number, from: Register): void;
  storeValue(size: OperandSize, base: Register, offset: number, value: number): void;
  /** `*(u64 *)(base + offset) += from`, atomically. */
  atomicAdd(base: Register, offset: number, from: Register): void;
  /** As `atomicAdd`; `from` holds the sum before. */
  fetchAdd(base: Register, offset: number, from: Register): void;
  call(helper: number): void;
  jump(label: string): void;
  /** Unsigned 64-bit comparison. */
  jumpIf(
    condition: JumpCondition,
    left: Register,
    right: number | { readonly register: Register },
    label: string,
  ): void;
  label(name: string): void;
  exit(): void;
  bytes(): Buffer;
}

export const assembler = (): Assembler => {
  const words: Buffer[] = [];
  const labels = new Map<string, number>();
  const jumps: { readonly at: number; readonly label: string }[] = [];

  const emit = (opcode: number, to: number, from: number, offset: number, value: number): void => {
    const word = Buffer.alloc(INSTRUCTION_BYTES);
    word.writeUInt8(opcode, 0);
    word.writeUInt8(to | (from << 4), 1);
    word.writeInt16LE(offset, 2);
    word.writeInt32LE(value | 0, 4);
    words.push(word);
  };
  const wide = (to: Register, from: number, value: bigint): void => {
    emit(0x18, to, from, 0, Number(value & 0xffffffffn));
    emit(0, 0, 0, 0, Number(value >> 32n));
  };
  const jumpTo = (opcode: number, left: number, from: number, value: number, label: string): void => {
    jumps.push({ at: words.length, label });
    emit(opcode, left, from, 0, value);
  };

  return {
    move: (to, from) => emit(0xbf, to, from, 0, 0),
    set: (to, value) => emit(0xb7, to, 0, 0, value),
    set64: (to, value) => wide(to, 0, value),
    map: (to, fd) => wide(to, BPF_PSEUDO_MAP_FD, BigInt(fd)),
    add: (to, value) => emit(0x07, to, 0, 0, value),
    or: (to, value) =>
      typeof value === 'number' ? emit(0x47, to, 0, 0, value) : emit(0x4f, to, value.register, 0, 0),
    shiftLeft: (to, bits) => emit(0x67, to, 0, 0, bits),
    shiftRight: (to, bits) => emit(0x77, to, 0, 0, bits),
    moveLow: (to, from) => emit(0xbc, to, from, 0, 0),
    load: (size, to, base, offset) => emit(0x61 | SIZES[size], to, base, offset, 0),
    store: (size, base, offset, from) => emit(0x63 | SIZES[size], base, from, offset, 0),
    storeValue: (size, base, offset, value) => emit(0x62 | SIZES[size], base, 0, offset, value),
    atomicAdd: (base, offset, from) => emit(0xdb, base, from, offset, 0),
    fetchAdd: (base, offset, from) => emit(0xdb, base, from, offset, BPF_FETCH),
    call: (helper) => emit(0x85, 0, 0, 0, helper),
    jump: (label) => jumpTo(0x05, 0, 0, 0, label),
    jumpIf: (condition, left, right, label) =>
      typeof right === 'number'
        ? jumpTo(0x05 | JUMPS[condition], left, 0, right, label)
        : jumpTo(0x0d | JUMPS[condition], left, right.register, 0, label),
    label: (name) => {
      labels.set(name, words.length);
    },
    exit: () => emit(0x95, 0, 0, 0, 0),
    bytes() {
      for (const { at, label } of jumps) {
        const target = labels.get(label);
        if (target === undefined) throw new Error(`unknown label '${label}'`);
        words[at]!.writeInt16LE(target - at - 1, 2);
      }
      return Buffer.concat(words);
    },
  };
};
