// Merges several runs of Node's test runner: continuous numbers and one summary.
import type { TestEvent } from 'node:test/reporters';

const COUNT = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;

interface EventData {
  readonly nesting?: number;
  readonly file?: string;
  readonly message?: string;
  readonly count?: number;
  readonly testNumber?: number;
}

/** Events about all files of a run name no file. */
const isAboutAll = (data: EventData): boolean => data.nesting === 0 && data.file === undefined;

type StartRun = () => AsyncIterable<TestEvent>;

/**
 * The runs of a stage start together, and their events are passed on one run after another; events of the other runs wait in their
 * streams. A stage starts when the one before it has ended. The last events are the plan and the counts of all runs.
 */
export async function* merged(stages: readonly (readonly StartRun[])[]): AsyncGenerator<TestEvent, void> {
  const sums = new Map<string, number>();
  let earlier = 0;
  let durationMs = 0;
  for (const stage of stages) {
    let longestMs = 0;
    for (const running of stage.map((start) => start())) {
      let planned = 0;
      for await (const event of running) {
        const data = (event.data ?? {}) as EventData;
        const count =
          event.type === 'test:diagnostic' && isAboutAll(data) ? COUNT.exec(data.message ?? '') : null;
        if (count !== null) {
          const [, name = '', text = ''] = count;
          if (name === 'duration_ms') longestMs = Math.max(longestMs, Number(text));
          else sums.set(name, (sums.get(name) ?? 0) + Number(text));
        } else if (event.type === 'test:plan' && isAboutAll(data)) planned = data.count ?? 0;
        else if (data.nesting === 0 && data.testNumber !== undefined)
          yield { ...event, data: { ...data, testNumber: earlier + data.testNumber } } as TestEvent;
        else yield event;
      }
      earlier += planned;
    }
    durationMs += longestMs;
  }
  yield { type: 'test:plan', data: { nesting: 0, count: earlier } };
  for (const [name, sum] of [...sums, ['duration_ms', durationMs] as const])
    yield { type: 'test:diagnostic', data: { nesting: 0, message: `${name} ${sum}` } };
}
