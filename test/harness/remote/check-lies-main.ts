// Tells 100,000 lies of all kinds to a client, and counts what became of them.
//
//   node build/test/harness/remote/check-lies-main.js [LIES [SEED]]
//
// Needs:  half an hour, most of it spent waiting for silent and slow answers; a few MB below TMPDIR.
// Does:   writes its progress to standard error.
// Exits:  1 unless every lie is named and none is stored or served.
import { randomBytes } from 'node:crypto';
import { lieRound, newTally } from './lie-rounds.ts';
import { publishedImage, startImageServer } from './support.ts';

const LIES = 100_000;
const FILES = 500;
const PACK_EVERY = 10;
const PROGRESS_EVERY = 5000;
const SEED_BYTES = 4;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const [count = LIES, seed = randomBytes(SEED_BYTES).toString('hex')] = process.argv.slice(2);
say(`seed ${seed}`);
const published = await publishedImage(FILES);
const { dir, publicKey: key, image, serve } = published;
const server = await startImageServer(dir, { ...serve, lies: { seed, share: 1 } });
const half = await startImageServer(dir, { ...serve, lies: { seed, share: 0.5 } });
const lies = (): readonly string[] => [...server.lies(), ...half.lies()];
const tally = newTally();
// Of other requests under way, such as an error without a listener.
process.on('uncaughtException', (error) => {
  tally.crashes++;
  say(String(error.stack));
});
let told = 0;
for (let round = 0; told < Number(count) && tally.crashes === 0; round++) {
  await lieRound(tally, {
    url: server.url,
    halfUrl: half.url,
    dir,
    key,
    image,
    via: round % PACK_EVERY === PACK_EVERY - 1 ? 'pack' : 'objects',
  });
  const before = told;
  told = lies().length;
  if (Math.floor(told / PROGRESS_EVERY) > Math.floor(before / PROGRESS_EVERY))
    process.stderr.write(`${told} of ${count} lies\n`);
}
const kinds = new Map<string, number>();
for (const line of lies()) {
  const kind = line.split(' ')[0]!;
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
}
await server.close();
await half.close();
published.remove();
for (const [kind, number] of [...kinds].sort()) say(`  ${kind.padEnd(24)}${number}`);
say(`${told} lies told to ${tally.asked} requests for a file or object`);
say(
  `served ${tally.served}, stored ${tally.stored}, crashes ${tally.crashes}, requests sent elsewhere ${kinds.get('stolen') ?? 0}`,
);
say(`refused by name ${tally.named}, lies without a sentence ${tally.unnamed}`);
const isGood = tally.served + tally.stored + tally.crashes + tally.unnamed === 0 && !kinds.has('stolen');
process.exit(isGood ? 0 : 1);
