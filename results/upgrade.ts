// Older run.json files record skipped and dropped things as text, and more of the machine than is published now. Turns that text into
// facts, the wording of which is fixed, and leaves out the rest.

import type { Dropped, Skipped } from './schema/not-measured.ts';
import { measuringOptions, publicDevice, publicMountOptions } from './schema/public-facts.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const keysOf = (value: unknown): readonly string[] => (isObject(value) ? Object.keys(value) : []);

/** `scenario walk-cold: 8 blocks ...`, `image made: 8 blocks ...` or anything else. */
const droppedFrom = (text: string): Dropped => {
  const [, kind, id] = /^(scenario|image) ([^ :]+):/.exec(text) ?? [];
  return { kind: 'text', text, ...(kind === undefined ? {} : { [kind]: id }) };
};

const paramsFrom = (text: string): Readonly<Record<string, string | number>> =>
  Object.fromEntries(
    text.split(' ').map((part) => {
      const [key = '', value = ''] = part.split('=');
      return [key, value !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
    }),
  );

interface KnownIds {
  readonly scenarios: readonly string[];
  readonly backends: readonly string[];
}

/** `walk-cold`, `micro-stat depth=8`, `erofs-overlay`, `erofs-overlay on made`, or the name of a probe or image. */
const skippedFrom = (what: string, known: KnownIds): object => {
  const [first = '', rest = ''] = what.split(/ (.*)/s);
  if (known.scenarios.includes(first))
    return { kind: 'scenario', scenario: first, ...(rest === '' ? {} : { params: paramsFrom(rest) }) };
  const backend = first.split(/[@#]/, 1)[0]!;
  if (!known.backends.includes(backend)) return { kind: 'text', text: what };
  const arm = { kind: 'arm', arm: first, backend };
  return rest.startsWith('on ') ? { ...arm, image: rest.slice('on '.length) } : arm;
};

const upgradeSkipped = (skipped: unknown, known: KnownIds): unknown => {
  if (!isObject(skipped) || typeof skipped['what'] !== 'string') return skipped;
  const { what, ...why } = skipped;
  return { ...skippedFrom(what as string, known), ...why } as Partial<Skipped>;
};

/** `known`: turns an older value into the one that is recorded now. */
const changed = (json: unknown, known: Readonly<Record<string, (value: unknown) => unknown>>): unknown =>
  isObject(json)
    ? Object.fromEntries(
        Object.entries(json).map(([key, value]) => [
          key,
          Object.hasOwn(known, key) ? known[key]!(value) : value,
        ]),
      )
    : json;

const ofText =
  (shorten: (text: string) => string) =>
  (value: unknown): unknown =>
    typeof value === 'string' ? shorten(value) : value;

const upgradeEnvironment = (environment: unknown): unknown =>
  changed(environment, {
    kernelCommandLine: ofText(measuringOptions),
    workFileSystem: (mount) =>
      changed(mount, { device: ofText(publicDevice), options: ofText(publicMountOptions) }),
  });

const upgradeConditions = (conditions: unknown): unknown => {
  if (!isObject(conditions) || !Array.isArray(conditions['otherMounts'])) return conditions;
  const { otherMounts, ...others } = conditions;
  return { ...others, otherMountCount: (otherMounts as unknown[]).length };
};

/** `value` is parsed run.json that was not checked yet. */
export const upgradeRun = (value: unknown): unknown => {
  if (!isObject(value)) return value;
  const { skipped, plan, catalogue } = value;
  const infos: Json = isObject(catalogue) ? catalogue : {};
  const known = { scenarios: keysOf(infos['scenarios']), backends: keysOf(infos['backends']) };
  const dropped = isObject(plan) ? plan['dropped'] : undefined;
  return {
    ...(changed(value, { environment: upgradeEnvironment, conditions: upgradeConditions }) as Json),
    ...(Array.isArray(skipped) ? { skipped: skipped.map((one) => upgradeSkipped(one, known)) } : {}),
    ...(isObject(plan) && Array.isArray(dropped)
      ? {
          plan: {
            ...plan,
            dropped: dropped.map((one) => (typeof one === 'string' ? droppedFrom(one) : one)),
          },
        }
      : {}),
  };
};
