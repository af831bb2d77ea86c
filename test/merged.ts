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

type Start = () => AsyncIterable<TestEvent>;

/**
 * Runs of one stage are started at once and told one after another: what is not told yet waits in the runner's own stream. A stage
 * is started when the one before it has ended. The last events are the plan and the counts of all.
 */
export async function* merged(stages: readonly (readonly Start[])[]): AsyncGenerator<TestEvent, void> {
  const sums = new Map<string, number>();
  let before = 0;
  let durationMs = 0;
  for (const stage of stages) {
    let longestMs = 0;
    for (const running of stage.map((start) => start())) {
      let here = 0;
      for await (const event of running) {
        const data = (event.data ?? {}) as Outermost;
        const count =
          event.type === 'test:diagnostic' && isOfAll(data) ? COUNT.exec(data.message ?? '') : null;
        if (count !== null) {
          const [, name = '', text = ''] = count;
          if (name === 'duration_ms') longestMs = Math.max(longestMs, Number(text));
          else sums.set(name, (sums.get(name) ?? 0) + Number(text));
        } else if (event.type === 'test:plan' && isOfAll(data)) here = data.count ?? 0;
        else if (data.nesting === 0 && data.testNumber !== undefined)
          yield { ...event, data: { ...data, testNumber: before + data.testNumber } } as TestEvent;
        else yield event;
      }
      before += here;
    }
    durationMs += longestMs;
  }
  yield { type: 'test:plan', data: { nesting: 0, count: before } };
  for (const [name, sum] of [...sums, ['duration_ms', durationMs] as const])
    yield { type: 'test:diagnostic', data: { nesting: 0, message: `${name} ${sum}` } };
}
