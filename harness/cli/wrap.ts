/** Lines of words behind an indent, each ending in a newline; a single word may be wider than `columns`. */
export const wrap = (text: string, indent: string, columns: number): string => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((part) => `${indent}${part}\n`).join('');
};
