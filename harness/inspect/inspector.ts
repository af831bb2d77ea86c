// Sends requests to the inspector. A mount that hangs blocks this child and not the run, and each request has a time limit.
import { fileURLToPath } from 'node:url';
import { UserError, unreachable } from '../model/errors.ts';
import type { Inspector } from '../model/inspector.ts';
import { allowedCpus } from '../sys/affinity.ts';
import { patience } from '../sys/guest.ts';
import { openRequestChild } from '../sys/request-child.ts';
import type { InspectReply } from './requests.ts';

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));
const LIMIT_MS = 120_000 * patience;

const resultOf = (reply: InspectReply): unknown => {
  switch (reply.kind) {
    case 'found':
      return reply.found;
    case 'failed':
      throw new UserError(`inspecting a mount failed: ${reply.message}`, {
        code: reply.code,
        exit: 5,
        facts: reply.facts,
      });
    default:
      return unreachable(reply);
  }
};

export const openInspector = (limitMs = LIMIT_MS): Inspector => {
  const child = openRequestChild(PROGRAM);
  return {
    get pid() {
      return child.pid;
    },
    async inspect(request, limit = { ms: limitMs }) {
      const reply = await child.request(JSON.stringify({ request, cpus: allowedCpus() }), limit);
      switch (reply.kind) {
        case 'line':
          return resultOf(JSON.parse(reply.line) as InspectReply);
        case 'timeout':
          throw new UserError(
            `inspecting a mount took longer than ${limit.ms} ms: its file system hangs or is very slow`,
            {
              code: 'timeout',
              exit: 5,
              facts: reply.killed ? [] : [`SIGKILL did not end process ${reply.pid}`],
            },
          );
        case 'exited':
          throw new UserError('the inspector exited without a reply', {
            code: 'exited',
            exit: 5,
            facts: reply.stderr.split('\n').filter((line) => line.trim() !== ''),
          });
        default:
          return unreachable(reply);
      }
    },
    start: child.start,
    close: child.close,
  };
};
