// From recorded calls to the steps of each window. A window with many calls is divided into equal parts.
import type { Timeline, TimelineStep, TimelineWindow } from '../../results/schema/run.ts';
import type { RecordedCall } from '../model/machine.ts';
import type { Phase } from '../model/scenario.ts';
import { HARNESS, isOwnCall } from './call-ledger.ts';

/** More calls are joined. */
const MOST_STEPS = 96;
const PARTS = 32;

interface TimelineParts {
  readonly windows: readonly { readonly phase: Phase; readonly fromNs: number; readonly untilNs: number }[];
  readonly calls: readonly RecordedCall[];
  /** Process to the program that it runs. */
  readonly actors: ReadonlyMap<number, string>;
  /** Process of the harness; its main thread runs the windows. */
  readonly own: number;
}

interface ActorCall extends RecordedCall {
  readonly actor: string;
}

/** Process to the time at which its program began: between fork and exec a child runs code of the runtime. */
const programStarts = (calls: readonly RecordedCall[]): ReadonlyMap<number, number> =>
  new Map(
    calls.filter(({ name }) => name.startsWith('execve')).map(({ process, fromNs }) => [process, fromNs]),
  );

/** As in the ledger: without the runtime of the harness, and without processes that no window started. */
const actorCalls = ({ actors, own, calls }: TimelineParts): readonly ActorCall[] => {
  const starts = programStarts(calls);
  return calls.flatMap((call) => {
    if (call.process === own)
      return call.thread === own && isOwnCall(call.name) ? [{ ...call, actor: HARNESS }] : [];
    const actor = actors.get(call.process);
    return actor === undefined || call.fromNs < (starts.get(call.process) ?? 0) ? [] : [{ ...call, actor }];
  });
};

const mostFrequent = (calls: readonly ActorCall[]): string => {
  const counts = new Map<string, number>();
  for (const { name } of calls) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]![0];
};

/** Not Math.max(...): a full recorder has more calls than a function may have arguments. */
const lastEnd = (calls: readonly ActorCall[], startNs: number): number =>
  calls.reduce((latest, { untilNs }) => Math.max(latest, untilNs), startNs);

/** Of calls in the order in which they begin. */
const stepOf = (calls: readonly ActorCall[], startNs: number): TimelineStep => {
  const from = calls[0]!.fromNs;
  const until = lastEnd(calls, from);
  const [first] = calls;
  return [
    first!.actor,
    mostFrequent(calls),
    Math.round(from - startNs),
    Math.round(until - from),
    calls.length,
  ];
};

/** Calls of one actor that begin in the same part of the window. */
const joined = (calls: readonly ActorCall[], startNs: number, spanNs: number): readonly TimelineStep[] => {
  const groups = new Map<string, ActorCall[]>();
  for (const call of calls) {
    const part = Math.min(PARTS - 1, Math.floor(((call.fromNs - startNs) / spanNs) * PARTS));
    const key = `${part} ${call.actor}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(call);
  }
  return [...groups.values()].map((group) => stepOf(group, startNs));
};

/** From the first call on: the clock of a window is read directly before it, the probe starts earlier. */
const windowOf = (calls: readonly ActorCall[]): TimelineWindow => {
  const startNs = calls[0]?.fromNs ?? 0;
  const spanNs = lastEnd(calls, startNs) - startNs;
  return {
    spanNs: Math.round(spanNs),
    callCount: calls.length,
    steps:
      calls.length <= MOST_STEPS
        ? calls.map((call) => stepOf([call], startNs))
        : joined(calls, startNs, spanNs),
  };
};

/** A call belongs to the window in which it begins, and ends in it or with it. */
export const timelineOf = (parts: TimelineParts): Timeline => {
  const all = [...actorCalls(parts)].sort((a, b) => a.fromNs - b.fromNs);
  return Object.fromEntries(
    parts.windows.map(({ phase, fromNs, untilNs }) => [
      phase,
      windowOf(
        all
          .filter((call) => call.fromNs >= fromNs && call.fromNs < untilNs)
          .map((call) => ({ ...call, untilNs: Math.min(call.untilNs, untilNs) })),
      ),
    ]),
  );
};
