// Collects the garbage of this process between slots, when there is enough of it.
//
// Does:    one full collection. Without it V8 lets garbage wait until the heap is several times as large as what is alive: a process that
//          leaks nothing then grows for an hour, and collects whenever it happens to, also inside a window.
// Needs:   --expose-gc; without it V8 decides.
// Cost:    40 ms for 20 MiB that are alive, never inside a window.
import { getHeapStatistics } from 'node:v8';

/** Small against what a process of Node.js takes. */
const LEAST_BYTES = 8 * 2 ** 20;
/** Of what was alive after the last collection, so that a large image is not collected after every slot. */
const LEAST_SHARE = 0.5;

export interface Garbage {
  /** True if it collected. */
  collect(): boolean;
}

const usedBytes = (): number => getHeapStatistics().used_heap_size;

export const openGarbage = (gc: (() => void) | undefined = globalThis.gc, used = usedBytes): Garbage => {
  let liveBytes = used();
  return {
    collect() {
      if (gc === undefined || used() - liveBytes < Math.max(LEAST_BYTES, LEAST_SHARE * liveBytes))
        return false;
      gc();
      liveBytes = used();
      return true;
    },
  };
};
