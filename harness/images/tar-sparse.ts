// Sparse files in pax archives, as GNU tar writes them: formats 0.0, 0.1 and 1.0.
//
// Source: GNU tar manual, "Storing Sparse Files". A file's data lie one after another; a map says where each part belongs.
import type { Segments } from '../model/image.ts';
import { LIMITS } from '../model/input-limits.ts';
import type { MemberRecords } from './pax-records.ts';

const BLOCK_BYTES = 512;
const NUMBER = /^[0-9]{1,15}$/;

/** Data and size of a sparse file. */
export interface SparseFile {
  readonly sizeBytes: number;
  readonly segments: Segments;
  /** Bytes of the member before its first data. */
  readonly mapBytes: number;
}

interface SparseReading {
  /** Bytes of the member in the archive. */
  readonly storedBytes: number;
  /** Bytes from the start of the member's contents; fewer at its end. */
  read(offset: number, length: number): Buffer;
  refuse(rule: string): never;
}

const numberOf = (text: string | undefined, { refuse }: SparseReading): number =>
  text !== undefined && NUMBER.test(text) ? Number(text) : refuse('a sparse file has a bad map');

/** Format 1.0: the map is the start of the contents, one number per line, padded to whole blocks. */
const mapInContents = (reading: SparseReading): { numbers: readonly string[]; mapBytes: number } => {
  const lines: string[] = [];
  let rest = '';
  for (let offset = 0; offset < LIMITS.tarHeaderBytes; offset += BLOCK_BYTES) {
    const block = reading.read(offset, BLOCK_BYTES);
    if (block.length < BLOCK_BYTES) break;
    const parts = (rest + block.toString('latin1')).split('\n');
    rest = parts.pop()!;
    lines.push(...parts);
    if (lines.length === 0) continue;
    const wanted = 1 + 2 * numberOf(lines[0], reading);
    if (lines.length >= wanted) return { numbers: lines.slice(1, wanted), mapBytes: offset + BLOCK_BYTES };
  }
  return reading.refuse('a sparse file has a bad map');
};

const mapInRecords = (records: MemberRecords): readonly string[] => {
  const map = records.get('GNU.sparse.map');
  if (map !== undefined) return map === '' ? [] : map.split(',');
  const offsets = records.all('GNU.sparse.offset');
  const lengths = records.all('GNU.sparse.numbytes');
  return offsets.flatMap((offset, i) => [offset, lengths[i] ?? '']);
};

export const readSparse = (records: MemberRecords, reading: SparseReading): SparseFile => {
  const { refuse, storedBytes } = reading;
  const sizeBytes = numberOf(records.get('GNU.sparse.realsize') ?? records.get('GNU.sparse.size'), reading);
  const { numbers, mapBytes } =
    records.get('GNU.sparse.major') === '1'
      ? mapInContents(reading)
      : { numbers: mapInRecords(records), mapBytes: 0 };
  const segments: { readonly at: number; readonly bytes: number }[] = [];
  let end = 0;
  let dataBytes = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    const [at, bytes] = [numberOf(numbers[i], reading), numberOf(numbers[i + 1], reading)];
    if (at < end || at + bytes > sizeBytes) refuse('the parts of a sparse file overlap or leave it');
    end = at + bytes;
    dataBytes += bytes;
    if (bytes > 0) segments.push({ at, bytes });
  }
  if (mapBytes + dataBytes !== storedBytes) refuse('the parts of a sparse file differ from its contents');
  return { sizeBytes, segments, mapBytes };
};
