// The parts of a file that hold data.
//
// Does:    lseek(2) with SEEK_DATA and SEEK_HOLE.
// Error:   a file system without holes reports one part; a part may hold zeros.
import { bindAddress, ENXIO, fail, lastErrno } from './libc.ts';

const cSeek = bindAddress<(fd: number, offset: number, whence: number) => bigint>(
  'lseek',
  'int',
  'int64',
  'int',
);
const SEEK_DATA = 3;
const SEEK_HOLE = 4;

interface DataPart {
  readonly from: number;
  readonly to: number;
}

/** Of an open file, in order. Zeros are between them. */
export function* dataParts(fd: number, sizeBytes: number): Generator<DataPart> {
  for (let at = 0; at < sizeBytes; ) {
    const from = Number(cSeek(fd, at, SEEK_DATA));
    // A hole up to the end.
    if (from < 0 && lastErrno() === ENXIO) return;
    if (from < 0) fail('lseek');
    if (from >= sizeBytes) return;
    const hole = Number(cSeek(fd, from, SEEK_HOLE));
    at = hole < 0 ? sizeBytes : Math.min(hole, sizeBytes);
    yield { from, to: at };
  }
}
