// Names the test files that took longest.
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

const SECOND_MS = 1000;

interface EndedTest {
  readonly nesting?: number;
  readonly file?: string;
  readonly details?: { readonly duration_ms?: number };
}

/**
 * Passes all events on. Before the plan of all files, a diagnostic names the `most` files whose tests took longest together, slowest first.
 * The time in which a file is loaded belongs to no test.
 */
export async function* withSlowest(
  events: AsyncIterable<TestEvent>,
  { folder, most }: { readonly folder: string; readonly most: number },
): AsyncGenerator<TestEvent, void> {
  const tookMs = new Map<string, number>();
  for await (const event of events) {
    const { nesting, file, details } = (event.data ?? {}) as EndedTest;
    if (nesting === 0 && file !== undefined && (event.type === 'test:pass' || event.type === 'test:fail'))
      tookMs.set(file, (tookMs.get(file) ?? 0) + (details?.duration_ms ?? 0));
    if (event.type === 'test:plan' && nesting === 0 && file === undefined) {
      const slowest = [...tookMs].sort((a, b) => b[1] - a[1]).slice(0, most);
      for (const [path, ms] of slowest)
        yield {
          type: 'test:diagnostic',
          data: { nesting: 0, message: `${(ms / SECOND_MS).toFixed(1)} s ${relative(folder, path)}` },
        } as TestEvent;
    }
    yield event;
  }
}
