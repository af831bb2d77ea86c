// Collects the garbage of this process between slots, when there is enough of it.
//
// Does:    one full collection. Without it V8 lets garbage wait until the heap is several times as large as what is alive: a process that
//          leaks nothing then grows for an hour. Then malloc returns its free pages to the kernel: between blocks in use they pile up.
// Needs:   --expose-gc; without it V8 decides. malloc_trim(3), which musl does not have.
// Cost:    40 ms for 20 MiB that are alive, and 3 to 16 ms for 1 to 11 MiB of malloc beside other work; at most a fiftieth of the time.
import { getHeapStatistics } from 'node:v8';
import { nowNs } from './clock.ts';
import { bind } from './libc.ts';

/** Small against what a process of Node.js takes: the garbage of twenty slots of a small image. */
const LEAST_BYTES = 2 * 2 ** 20;
/** After a collection this many times its own time passes: that of a large image takes long. */
const PAUSES = 50;

/**
 * The young generation has one size from the start: else it grows to 48 MiB and shrinks again. Large against the garbage of a slot, so that
 * V8 seldom scavenges inside one.
 */
export const HEAP_OPTIONS: readonly string[] = [
  '--expose-gc',
  '--min-semi-space-size=8',
  '--max-semi-space-size=8',
];

/** One arena of malloc for all threads: those of V8 compile and mark, and keep 4 MiB each. Read by glibc. */
export const HEAP_ENVIRONMENT: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: '1' };

interface Heap {
  readonly gc: (() => void) | undefined;
  /** Returns the free pages of malloc. */
  trim(): void;
  usedBytes(): number;
  nowNs(): number;
}

const trimOf = (): (() => void) => {
  try {
    const trim = bind<(keepBytes: number) => number>('malloc_trim', 'size_t');
    return () => void trim(0);
  } catch {
    return () => {}; // Another libc.
  }
};

const OWN: Heap = {
  gc: globalThis.gc,
  trim: trimOf(),
  usedBytes: () => getHeapStatistics().used_heap_size,
  nowNs,
};

export interface Garbage {
  /** True if it collected. */
  collect(): boolean;
}

export const openGarbage = ({ gc, trim, usedBytes, nowNs: clock }: Heap = OWN): Garbage => {
  let liveBytes = usedBytes();
  let notBeforeNs = 0;
  return {
    collect() {
      const used = usedBytes();
      // V8 may have collected meanwhile: garbage of the preparation was counted as alive.
      liveBytes = Math.min(liveBytes, used);
      if (gc === undefined || used - liveBytes < LEAST_BYTES) return false;
      const fromNs = clock();
      if (fromNs < notBeforeNs) return false;
      gc();
      trim();
      const untilNs = clock();
      notBeforeNs = untilNs + PAUSES * (untilNs - fromNs);
      liveBytes = usedBytes();
      return true;
    },
  };
};
