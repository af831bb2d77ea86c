// Writes text that comes in pieces to a path that the user named, or to standard output without one.
import { inChunks, type Piece, type Pieces } from '../../results/write-file.ts';
import { writeTo } from '../../results/write-to.ts';

/** False if it cannot be written any more; what failed is told at the end of the command. */
const print = (chunk: Piece): Promise<boolean> =>
  new Promise((done) => {
    process.stdout.write(chunk, (error) => done(error === null || error === undefined));
  });

export const writeOut = async (pieces: Pieces, path: string | undefined): Promise<void> => {
  if (path !== undefined) return writeTo(path, pieces);
  for await (const chunk of inChunks(pieces)) if (!(await print(chunk))) return;
};
