// Progress of the attempts on standard error.

/** On one line of a terminal; elsewhere a line for every tenth attempt. */
export const openProgress = (total: number) => {
  const startMs = Date.now();
  const isTerminal = process.stderr.isTTY === true;
  return {
    update(doneCount: number): void {
      const text = `${doneCount} of ${total} attempts, ${Math.round((Date.now() - startMs) / 1000)} s`;
      if (isTerminal) process.stderr.write(`\r\x1b[K${text}${doneCount === total ? '\n' : ''}`);
      else if (doneCount % 10 === 0 || doneCount === total) process.stderr.write(`${text}\n`);
    },
    say: (text: string): void => void process.stderr.write(`${isTerminal ? '\r\x1b[K' : ''}${text}`),
  };
};
