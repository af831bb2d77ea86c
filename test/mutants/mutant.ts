// A mutant: one fault in a source file, which the named tests must notice.

export interface Mutant {
  readonly name: string;
  /** Source file, relative to the project. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** Below `test`, without `.test.ts`: at least one of them must fail. */
  readonly tests: readonly string[];
}

const MUTANT_LINE = /^ {2}(?<name>.+?) :: (?<from>.+?) ~>(?: (?<to>.*))?$/;
const FILE_LINE = /^(?<file>\S+): (?<tests>.+)$/;

const unescaped = (text: string): string => text.replaceAll('\\n', '\n');

/** One line per mutant, below a line that names the file and its tests; `#` begins a comment. */
export const parseMutants = (text: string): readonly Mutant[] => {
  let file = '';
  let tests: readonly string[] = [];
  return text.split('\n').flatMap((line, index) => {
    if (line === '' || line.startsWith('#')) return [];
    const fault = MUTANT_LINE.exec(line)?.groups;
    if (fault !== undefined) {
      const { name = '', from = '', to = '' } = fault;
      return [{ name, file, tests, from: unescaped(from), to: unescaped(to) }];
    }
    const header = FILE_LINE.exec(line)?.groups;
    if (header === undefined) throw new Error(`line ${index + 1} is neither a file nor a mutant: ${line}`);
    file = header['file']!;
    tests = header['tests']!.split(' ');
    return [];
  });
};

/** Throws unless the quoted text occurs exactly once in `source`. */
export const mutatedSource = (source: string, { file, from, to }: Mutant): string => {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`${file}: found ${parts.length - 1} times, not once: ${from}`);
  return parts.join(to);
};
