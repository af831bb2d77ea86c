// The image server, as a process of its own: its CPU time is not that of the client.
//
// Reads one line of standard input, the JSON text of `ServeOptions`; prints a line with the port; ends with its standard input.
import { createInterface } from 'node:readline';
import { type ServeOptions, serveImages } from './serve.ts';

for await (const line of createInterface(process.stdin)) {
  const { port } = await serveImages(JSON.parse(line) as ServeOptions);
  process.stdout.write(`${port}\n`);
}
process.exit(0);
