// One progress line on a terminal, with the time left; nothing where nobody watches.
import { Presets, SingleBar } from 'cli-progress';
import { formatSeconds } from './duration.ts';
import { wrap } from './wrap.ts';

export interface Progress {
  /** What stays, above the progress line: one line, folded between words where the terminal is narrower. */
  say(text: string): void;
  /** What is going on, how much of the whole is done (0..1), and how long it will still take, if known. */
  at(what: string, done: number, leftNs: number | null): void;
  end(): void;
}

const STEPS = 1000;

export const openProgress = (stream: NodeJS.WriteStream): Progress => {
  if (!stream.isTTY) return { say: (text) => void stream.write(`${text}\n`), at() {}, end() {} };
  const bar = new SingleBar(
    {
      format: '{bar} {left} {what}',
      stream,
      hideCursor: false,
      barsize: 20,
      clearOnComplete: true,
      linewrap: false,
    },
    Presets.shades_classic,
  );
  let shown = false;
  const hide = (): void => {
    if (shown) bar.stop();
    shown = false;
  };
  return {
    say(text) {
      hide();
      const { columns = Infinity } = stream;
      stream.write(text.length > columns ? wrap(text, '', columns) : `${text}\n`);
    },
    at(what, done, leftNs) {
      const payload = { what, left: leftNs === null ? '' : `${formatSeconds(leftNs)} left,` };
      if (!shown) bar.start(STEPS, 0, payload);
      shown = true;
      bar.update(Math.min(STEPS, Math.round(done * STEPS)), payload);
    },
    end: hide,
  };
};
