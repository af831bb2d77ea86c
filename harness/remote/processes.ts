// The pull client and the image server as processes beside the harness: no probe takes their time for that of a backend.
import { fileURLToPath } from 'node:url';
import { UserError, unreachable } from '../model/errors.ts';
import { openRequestChild, type RequestChild } from '../sys/request-child.ts';
import type { ClientReply, ClientRequest, PullReport } from './client-requests.ts';
import type { ServeOptions } from './serve.ts';

const CLIENT = fileURLToPath(new URL('./client-main.js', import.meta.url));
const SERVER = fileURLToPath(new URL('./serve-main.js', import.meta.url));
const START_MS = 20_000;

const lineOf = async (child: RequestChild, title: string, request: unknown, ms: number): Promise<string> => {
  const reply = await child.request(JSON.stringify(request), { ms });
  switch (reply.kind) {
    case 'line':
      return reply.line;
    case 'timeout':
      throw new UserError(`${title} did not reply within ${ms} ms`, { code: 'timeout', exit: 5 });
    case 'exited':
      throw new UserError(`${title} exited without a reply`, {
        code: 'exited',
        exit: 5,
        facts: reply.stderr.split('\n').filter((line) => line.trim() !== ''),
      });
    default:
      return unreachable(reply);
  }
};

interface ImageServerProcess {
  readonly url: string;
  close(): Promise<void>;
}

export const startImageServer = async (options: ServeOptions): Promise<ImageServerProcess> => {
  const child = openRequestChild(SERVER);
  const port = await lineOf(child, 'the image server', options, START_MS);
  return { url: `http://127.0.0.1:${port}/`, close: child.close };
};

interface PullClient {
  /** Starts the program now, so that no pull waits for it. */
  start(): void;
  /** Throws the error of a refused pull. */
  pull(request: ClientRequest, limitMs: number): Promise<PullReport>;
  close(): Promise<void>;
}

export const openPullClient = (): PullClient => {
  const child = openRequestChild(CLIENT);
  return {
    start: child.start,
    close: child.close,
    async pull(request, limitMs) {
      const reply = JSON.parse(await lineOf(child, 'the pull client', request, limitMs)) as ClientReply;
      if (reply.kind === 'pulled') return reply.report;
      const { message, code, facts } = reply;
      throw new UserError(message, { code, exit: 5, facts });
    },
  };
};
