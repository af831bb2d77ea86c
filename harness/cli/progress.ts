// A progress line on a terminal, with the time left; none where standard error is no terminal.
import { Presets, SingleBar } from 'cli-progress';
import { wrapText } from '../../report/text.ts';
import { visible } from '../../results/visible.ts';
import { formatSeconds } from './duration.ts';

export interface ProgressLine {
  /** A line above the progress line, wrapped on a narrow terminal. */
  print(text: string): void;
  /** `done`: share of the whole, 0..1. */
  update(what: string, done: number, leftNs: number | null): void;
  close(): void;
}

const STEPS = 1000;

export const openProgress = (stream: NodeJS.WriteStream): ProgressLine => {
  // A dumb terminal cannot rewrite a line.
  if (!stream.isTTY || process.env['TERM'] === 'dumb')
    return { print: (text) => void stream.write(`${visible(text)}\n`), update() {}, close() {} };
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
    print(given) {
      const text = visible(given);
      hide();
      const { columns = Number.POSITIVE_INFINITY } = stream;
      const lines = text.length > columns ? wrapText(text, columns) : [text];
      stream.write(lines.map((line) => `${line}\n`).join(''));
    },
    update(what, done, leftNs) {
      const payload = { what: visible(what), left: leftNs === null ? '' : `${formatSeconds(leftNs)} left,` };
      if (!shown) bar.start(STEPS, 0, payload);
      shown = true;
      bar.update(Math.min(STEPS, Math.round(done * STEPS)), payload);
    },
    close: hide,
  };
};
