// Mounts of attacked images: a mount that is refused is a result.
import type { PathState } from '../harness/inspect/requests.ts';
import type { Created, Mounted } from '../harness/model/backend.ts';
import { SysError, UserError } from '../harness/model/errors.ts';
import type { Stage, Values } from '../harness/model/scenario.ts';
import type { Entry } from '../harness/model/tree.ts';
import { type Attack, type Ending, endedAt, endingOf, weakestOf } from './attacks.ts';
import { inspect } from './inspect.ts';

/** How the kernel or the program that mounts says that it does not mount this. */
const NOT_MOUNTED: readonly string[] = ['wrong-digest', 'EINVAL', 'EUCLEAN', 'EIO', 'EBADMSG', 'ENXIO'];
/** A server or a tool ended instead. */
const ENDED: readonly string[] = ['server-ended', 'command-failed'];
/** How servers and tools end, in the facts of an error. */
const END = /^(?:status: )?(?:exit|signal) \d+$/;
/** They refuse with exit code 1; a signal, or a code for a lack of memory or a busy device, is no refusal. */
const REFUSING_END = /^(?:status: )?exit 1$/;

export const isMountRefusal = (error: unknown): boolean => {
  if (!(error instanceof UserError)) return false;
  const end = error.facts.find((fact) => END.test(fact));
  if (end !== undefined && !REFUSING_END.test(end)) return false;
  return NOT_MOUNTED.includes(error.code) || (end !== undefined && ENDED.includes(error.code));
};

/** Null: the mount was refused. */
export const mountOrNot = async (stage: Stage, created: Created, at: string): Promise<Mounted | null> => {
  try {
    const mounted = await created.mount(at);
    stage.mounted(mounted);
    return mounted;
  } catch (error) {
    if (isMountRefusal(error)) return null;
    throw error;
  }
};

const stateOf = async (stage: Stage, path: string): Promise<PathState> => {
  const [seen] = await inspect<readonly PathState[]>(stage, { kind: 'path-states', paths: [path] });
  return seen!;
};

export const isRefused = (change: () => void): boolean => {
  try {
    change();
    return false;
  } catch (error) {
    if (error instanceof SysError && (error.code === 'EPERM' || error.code === 'EACCES')) return true;
    throw error;
  }
};

export interface Attacked {
  readonly attack: Attack;
  /** Below the mount: where the change would show. */
  readonly path: string;
  /** It has ended already. */
  readonly ending?: Ending;
  isServed(seen: PathState): boolean;
}

/** Reads the attacked files through one mount; null: the mount was refused. Of an attack on several files the weakest ending counts. */
export const endingsIn = async (
  stage: Stage,
  mounted: Mounted | null,
  attacked: readonly Attacked[],
): Promise<Values> => {
  const endings = new Map<Attack, Ending[]>();
  for (const { attack, path, ending, isServed } of attacked) {
    const read = async (): Promise<Ending> => {
      if (mounted === null) return 'AtMount';
      const seen = await stateOf(stage, mounted.root + path);
      return endingOf(attack, seen, isServed(seen));
    };
    endings.set(attack, [...(endings.get(attack) ?? []), ending ?? (await read())]);
  }
  return Object.assign({}, ...[...endings].map(([attack, all]) => endedAt(attack, weakestOf(all))));
};

/** The changed file is gone, or shows other contents. */
export const servedOtherThan =
  ({ digest }: Entry): Attacked['isServed'] =>
  (seen) =>
    seen.error === null ? seen.digest !== digest : seen.error === 'ENOENT';

export const unmountAndDestroy = async (created: Created, mounted: Mounted | null): Promise<void> => {
  await mounted?.unmount();
  await mounted?.settle();
  await created.destroy();
};

/** Without an attack everything must be right: a mount that refuses all would prove nothing. */
export const checkUnattacked = async (
  stage: Stage,
  created: Created,
  { path, digest }: { readonly path: string; readonly digest: string | null },
): Promise<void> => {
  const mounted = await created.mount(stage.folder('mount-unattacked'));
  stage.mounted(mounted);
  const seen = await stateOf(stage, mounted.root + path);
  await unmountAndDestroy(created, mounted);
  if (seen.digest !== digest)
    throw new UserError('a file of the image is wrong before the first attack', {
      code: 'unattacked',
      exit: 5,
      facts: [`file: ${path}`, `found: ${seen.error ?? seen.digest}`, `expected: ${digest}`],
    });
};
