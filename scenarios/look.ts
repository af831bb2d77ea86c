// Asks a child process to look into mounts: whatever hangs there hangs the child, whose time is limited.
import { fileURLToPath } from 'node:url';
import type { Question } from '../harness/look/questions.ts';
import type { Stage } from '../harness/model/scenario.ts';

const PROGRAM = fileURLToPath(new URL('../harness/look/main.js', import.meta.url));
const LIMIT_MS = 120_000;
const PIECE_BYTES = 1 << 20;

const readAll = (stage: Stage, path: string): string => {
  const { files } = stage.machine;
  const fd = files.open(path, 0);
  const pieces: Buffer[] = [];
  for (let at = 0, got = PIECE_BYTES; got === PIECE_BYTES; at += got) {
    const piece = Buffer.alloc(PIECE_BYTES);
    got = files.pread(fd, piece, at);
    pieces.push(piece.subarray(0, got));
  }
  files.close(fd);
  return Buffer.concat(pieces).toString();
};

let asked = 0;

export const look = async <T>(stage: Stage, question: Question): Promise<T> => {
  const { files } = stage.machine;
  const folder = stage.folder(`look-${asked++}`);
  const [from, to] = [`${folder}/question`, `${folder}/answer`];
  files.writeNew(from, Buffer.from(JSON.stringify(question)));
  await stage.machine.command('look', [process.execPath, PROGRAM, from, to], { timeoutMs: LIMIT_MS });
  const answer = JSON.parse(readAll(stage, to)) as T;
  for (const path of [from, to]) files.unlink(path);
  return answer;
};
