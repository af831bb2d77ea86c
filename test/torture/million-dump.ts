// A dump of a million files of 100 bytes in a thousand folders.
import { appendFileSync, writeFileSync } from 'node:fs';

const FILE_COUNT = 1_000_000;
const PER_FOLDER = 1000;
/** Ten names share an object, as copies in layers do. */
const OBJECT_COUNT = 100_000;
const CHUNK_FILES = 50_000;

export const writeMillion = (path: string): void => {
  writeFileSync(path, '/ 4096 40755 1002 0 0 0 0.0 - - -\n');
  let lines = '';
  for (let i = 0; i < FILE_COUNT; i++) {
    const folder = Math.floor(i / PER_FOLDER)
      .toString()
      .padStart(4, '0');
    if (i % PER_FOLDER === 0) lines += `/${folder} 4096 40755 2 0 0 0 0.0 - - -\n`;
    const object = (i % OBJECT_COUNT).toString(16).padStart(6, '0');
    lines += `/${folder}/${i} 100 100644 1 0 0 0 0.0 ${object.slice(-2)}/${object} - -\n`;
    if ((i + 1) % CHUNK_FILES > 0) continue;
    appendFileSync(path, lines);
    lines = '';
  }
};
