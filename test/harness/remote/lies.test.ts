// A few hundred lies of all kinds; `npm run check:lies` tells 100,000.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIES } from '../../../harness/remote/lies.ts';
import { lieRound, newTally } from './lie-rounds.ts';
import { publishedImage, startImageServer } from './support.ts';

const ROUNDS = 3;

test('no lie of any kind is stored or served, and every refused object is named', async () => {
  const published = await publishedImage(60);
  const server = await startImageServer(published.dir, {
    ...published.serve,
    lies: { seed: 'a few hundred', share: 1 },
  });
  const half = await startImageServer(published.dir, {
    ...published.serve,
    lies: { seed: 'a few hundred', share: 0.5 },
  });
  const tally = newTally();
  try {
    for (let round = 0; round < ROUNDS; round++)
      await lieRound(tally, {
        url: server.url,
        halfUrl: half.url,
        dir: published.dir,
        key: published.publicKey,
        image: published.image,
        via: 'objects',
      });
    const told = [...server.lies(), ...half.lies()];
    const { asked, named } = tally;
    assert.deepEqual(tally, { asked, named: asked, unnamed: 0, stored: 0, served: 0, crashes: 0 });
    assert.equal(named, asked);
    assert.ok(told.length >= tally.asked / 4, `${told.length} lies`);
    // Those about ranges need a pack; few requests are for a file with an older version.
    const seldom = ['wrong-range', 'no-range', 'old'];
    const kinds = new Set([...seldom, ...told.map((line) => line.split(' ')[0]!)]);
    assert.deepEqual(
      Object.keys(LIES).filter((kind) => !kinds.has(kind)),
      [],
    );
  } finally {
    await server.close();
    await half.close();
    published.remove();
  }
});
