// A clock that moves only when it is told to: whatever reads process.hrtime.bigint() is measured by it.
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
