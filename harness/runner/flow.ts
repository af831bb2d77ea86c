// A queue from one part of the run to another: each thing is taken as soon as it is pushed.
export interface Flow<T> extends AsyncIterable<T> {
  push(thing: T): void;
  /** Ends the iteration after the last thing. */
  end(): void;
}

/** For one consumer; things pushed before it starts are kept. */
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
