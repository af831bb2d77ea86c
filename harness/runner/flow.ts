// Things that one part of the work makes ready and another takes, each as soon as it is there.
export interface Flow<T> extends AsyncIterable<T> {
  push(thing: T): void;
  /** Nothing more comes: whoever waits is told so. */
  end(): void;
}

/** For one taker; what was pushed before it came is kept. */
export const openFlow = <T>(): Flow<T> => {
  const waiting: T[] = [];
  let ended = false;
  let wake = (): void => {};
  return {
    push(thing) {
      waiting.push(thing);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift()!;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
};
