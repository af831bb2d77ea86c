// Debug output of the planner's decisions, as they are recorded in run.json.
import type { Slot } from '../../results/schema/run.ts';
import type { Changed } from '../runner/parts.ts';
import { debugging, printDebug } from '../sys/debug.ts';

const groupOf = ({ scenario, params, image, placement }: Slot): string =>
  [scenario, ...Object.entries(params).map(([key, value]) => `${key}=${value}`), `on ${image}`, placement]
    .filter((part) => part !== undefined)
    .join(' ');

const printSlots = (slots: readonly Slot[]): void => {
  const counts = new Map<string, number>();
  for (const slot of slots) {
    const line = `${slot.pass} pass, ${groupOf(slot)}, ${slot.arm}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  for (const [line, count] of counts) printDebug(`plan: ${line}: ${count} slots`);
};

export const debugPlan = (plan: Changed['plan']): void => {
  if (!debugging || plan === undefined) return;
  const { slots, ...decisions } = plan;
  if (slots !== undefined) printSlots(slots);
  for (const [name, value] of Object.entries(decisions))
    printDebug(`plan: ${name}: ${JSON.stringify(value)}`);
};
