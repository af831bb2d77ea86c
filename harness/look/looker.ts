// Asks the run's child process to look into mounts: whatever hangs there hangs the child, whose time is limited.
import { fileURLToPath } from 'node:url';
import { UserError, unreachable } from '../model/errors.ts';
import type { Looker } from '../model/looker.ts';
import { allowedCpus } from '../sys/affinity.ts';
import { openAskedChild } from '../sys/asked-child.ts';
import type { LookAnswer } from './questions.ts';

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));
const LIMIT_MS = 120_000;

const answered = (answer: LookAnswer): unknown => {
  switch (answer.kind) {
    case 'found':
      return answer.found;
    case 'failed':
      throw new UserError(`looking into a mount failed: ${answer.message}`, {
        code: answer.code,
        exit: 5,
        facts: answer.facts,
      });
    default:
      return unreachable(answer);
  }
};

export const openLooker = (limitMs = LIMIT_MS): Looker => {
  const child = openAskedChild(PROGRAM);
  return {
    get pid() {
      return child.pid;
    },
    async look(question) {
      const answer = await child.ask(JSON.stringify({ question, cpus: allowedCpus() }), limitMs);
      switch (answer.kind) {
        case 'line':
          return answered(JSON.parse(answer.line) as LookAnswer);
        case 'late':
          throw new UserError('looking into a mount took too long: its file system hangs or is very slow', {
            code: 'timeout',
            exit: 5,
            facts: [
              `limit: ${limitMs} ms`,
              ...(answer.killed ? [] : [`process ${answer.pid} could not be killed`]),
            ],
          });
        case 'ended':
          throw new UserError('what looks into mounts ended without an answer', {
            code: 'ended',
            exit: 5,
            facts: answer.said.split('\n').filter((line) => line.trim() !== ''),
          });
        default:
          return unreachable(answer);
      }
    },
    begin: child.begin,
    end: child.end,
  };
};
