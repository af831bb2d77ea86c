// The server of images, as a process of its own: its CPU time is not that of the client.
//
//   node serve-main.js CONFIG PORTFILE READYFD
//
// CONFIG is JSON text of `ServeOptions`. The port is written to PORTFILE, then one byte to READYFD. It ends with SIGTERM or its parent.
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { type ServeOptions, serveImages } from './serve.ts';

const PARENT_MS = 500;

const [config, portFile, readyFd] = process.argv.slice(2);
const parent = process.ppid;
const { port } = await serveImages(JSON.parse(readFileSync(config!, 'utf8')) as ServeOptions);
writeFileSync(portFile!, String(port));
writeSync(Number(readyFd), 'r');
setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, PARENT_MS);
process.once('SIGTERM', () => process.exit(0));
