// Requests to a server that answers by hand.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_LIMITS, type RemoteLimits } from '../../../harness/remote/limits.ts';
import { baseUrl, Remote } from '../../../harness/remote/request.ts';
import { timerMs } from '../../../harness/sys/timer-limit.ts';

const TEXT = 'three';
const HUGE_BYTES = 1e12;
const DELAY_MS = 100;
const SILENT_MS = 3000;
const ANSWER_MS = 300;
/** One after another, the last of them waits longer than the server may be silent. */
const ASKED = 12;

const withRemote = async (
  answer: (path: string) => Promise<string>,
  work: (remote: Remote) => Promise<void>,
  limits: Partial<RemoteLimits> = {},
): Promise<void> => {
  const server: Server = createServer((request, response) => {
    void answer(request.url ?? '').then((text) => response.end(text));
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address() as AddressInfo;
  const remote = new Remote(baseUrl(`http://127.0.0.1:${port}/images`), { ...DEFAULT_LIMITS, ...limits });
  try {
    await work(remote);
  } finally {
    remote.close();
    server.close();
  }
};

const textOf = async (remote: Remote, path: string, bytes: number): Promise<string> => {
  let text = '';
  await remote.get({ what: path, path, bytes, orFewer: true }, (piece) => {
    text += piece.toString();
  });
  return text;
};

test('an answer of any size has time: no timer is longer than a timer can be', () =>
  withRemote(
    async () => {
      await sleep(DELAY_MS);
      return TEXT;
    },
    async (remote) => assert.equal(await textOf(remote, 'layer', HUGE_BYTES), TEXT),
  ));

test('a request that waits for a connection is not yet timed; one that has it is', () =>
  withRemote(
    async (path) => {
      if (path.endsWith('never')) await sleep(10 * SILENT_MS, null, { ref: false });
      else await sleep(ANSWER_MS);
      return TEXT;
    },
    async (remote) => {
      const ask = (path: string): Promise<string> => textOf(remote, path, TEXT.length);
      const asked = Promise.all(Array.from({ length: ASKED }, (_, i) => ask(`${i}`)));
      assert.deepEqual(new Set(await asked), new Set([TEXT]));
      const [refused, next] = await Promise.allSettled([ask('never'), ask('next')]);
      assert.equal(refused.status === 'rejected' && refused.reason.code, 'silent');
      assert.equal(next.status, 'fulfilled');
    },
    { parallel: 1, silentMs: SILENT_MS },
  ));

test('a longer time than a timer can wait is the longest that it can', () => {
  assert.equal(timerMs(1000), 1000);
  assert.equal(timerMs(2 ** 31), 2 ** 31 - 1);
  assert.equal(timerMs(Number.POSITIVE_INFINITY), 2 ** 31 - 1);
});

test('a base is a URL without user, password, query and fragment', () => {
  assert.equal(baseUrl('http://host:1/images').href, 'http://host:1/images/');
  for (const more of ['user@host/', ':password@host/', 'user:password@host/', 'host/?x', 'host/#x'])
    assert.throws(() => baseUrl(`http://${more}`), { code: 'usage' }, more);
});

test('a path is below the base, also one that looks like a URL', () =>
  withRemote(
    async (path) => path,
    async (remote) => {
      for (const path of ['debian:12.cfs', 'http:x', 'layers/1.tar'])
        assert.equal(await textOf(remote, path, HUGE_BYTES), `/images/${path}`);
    },
  ));
