// Requests to end the program: SIGINT, SIGTERM and SIGHUP, and what counts as one, such as a closed pipe.
//
// Error:   a signal in the first 40 ms, while Node.js itself starts, ends the process by that signal; nothing exists yet.
// Leaves:  signal handlers while there is a listener, or from `catchInterrupts` to `ignoreInterrupts`.
import { UserError } from '../model/errors.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** 128 + SIGINT, whichever signal it was. */
export const INTERRUPTED_EXIT = 130;

type Listener = () => void;

const listeners: Listener[] = [];
let isProgramCatching = false;
let isCatching = false;

/** Calls the listener that was added last. Without one the process ends. */
export const interrupt = (): void => {
  const last = listeners.at(-1);
  if (last === undefined) process.exit(INTERRUPTED_EXIT);
  last();
};

const update = (): void => {
  const catches = isProgramCatching || listeners.length > 0;
  if (catches === isCatching) return;
  isCatching = catches;
  for (const signal of SIGNALS) catches ? process.on(signal, interrupt) : process.off(signal, interrupt);
};

/** From now on a signal without a listener gives the exit code of an interrupt. */
export const catchInterrupts = (): void => {
  isProgramCatching = true;
  update();
};

/** A signal without a listener ends the process itself, also while it computes. */
export const ignoreInterrupts = (): void => {
  isProgramCatching = false;
  update();
};

/** Returns the undo. */
export const onInterrupt = (listener: Listener): (() => void) => {
  listeners.push(listener);
  update();
  return () => {
    listeners.splice(listeners.lastIndexOf(listener), 1);
    update();
  };
};

export const interruptedError = (): UserError => new UserError('interrupted', { exit: INTERRUPTED_EXIT });
