// Several runs of node's test runner as one: counted on, and with one summary at the end.
import type { TestEvent } from 'node:test/reporters';

const COUNT = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;

interface Outermost {
  readonly nesting?: number;
  readonly file?: string;
  readonly message?: string;
  readonly count?: number;
  readonly testNumber?: number;
}

/** What the runner says of all of its files comes from none of them. */
const isOfAll = (data: Outermost): boolean => data.nesting === 0 && data.file === undefined;

/** Each run is started when the one before it has ended. The last events are the plan and the counts of all. */
export async function* merged(
  starts: readonly (() => AsyncIterable<TestEvent>)[],
): AsyncGenerator<TestEvent, void> {
  const sums = new Map<string, number>();
  let before = 0;
  for (const start of starts) {
    let here = 0;
    for await (const event of start()) {
      const data = (event.data ?? {}) as Outermost;
      const count = event.type === 'test:diagnostic' && isOfAll(data) ? COUNT.exec(data.message ?? '') : null;
      if (count !== null) {
        const [, name = '', text = ''] = count;
        sums.set(name, (sums.get(name) ?? 0) + Number(text));
      } else if (event.type === 'test:plan' && isOfAll(data)) here = data.count ?? 0;
      else if (data.nesting === 0 && data.testNumber !== undefined)
        yield { ...event, data: { ...data, testNumber: before + data.testNumber } } as TestEvent;
      else yield event;
    }
    before += here;
  }
  yield { type: 'test:plan', data: { nesting: 0, count: before } };
  for (const [name, sum] of sums)
    yield { type: 'test:diagnostic', data: { nesting: 0, message: `${name} ${sum}` } };
}
