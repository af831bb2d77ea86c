// Replaces process.hrtime.bigint() by a clock that the test advances.
import { mock, type TestContext } from 'node:test';

export interface FakeClock {
  advance(ns: number): void;
}

export const fakeClock = (t: TestContext): FakeClock => {
  let nowNs = 1_000_000n;
  const faked = mock.method(process.hrtime, 'bigint', () => nowNs);
  t.after(() => faked.mock.restore());
  return {
    advance(ns) {
      nowNs += BigInt(ns);
    },
  };
};
