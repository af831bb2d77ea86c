// Completions for each shell. Sources: bash(1), "Programmable Completion"; zshcompsys(1); complete(1) of fish.

/** One command line up to the cursor, such as `image build`, and what may follow. */
export interface CommandPlace {
  readonly words: readonly string[];
  readonly commands: readonly Described[];
  readonly options: readonly Described[];
}

interface Described {
  readonly name: string;
  readonly description: string;
}

const functionName = (words: readonly string[]): string => words.join(' ');

/** Of bash and zsh: each word after the words before it. */
const wordCases = (places: readonly CommandPlace[]): string =>
  places
    .filter(({ words }) => words.length > 0)
    .map(
      ({ words }) => `    '${words.slice(0, -1).join(' ')} ${words.at(-1)}') at='${functionName(words)}' ;;`,
    )
    .join('\n');

const bash = (places: readonly CommandPlace[]): string => `_cfsbench() {
  local current=\${COMP_WORDS[COMP_CWORD]} at= word names=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
${wordCases(places)}
    esac
  done
  case $at in
${places
  .map(({ words, commands, options }) => {
    const names = [...commands, ...options].map(({ name }) => name).join(' ');
    return `  '${functionName(words)}') names='${names}' ;;`;
  })
  .join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$names" -- "$current")
}
complete -o default -F _cfsbench cfsbench
`;

/** A file in `fpath` is the body of the function at its first call: without its last lines that call would only define the function. */
const ZSH_END = `if [[ \${funcstack[1]-} == _cfsbench ]]; then
  _cfsbench "$@"
else
  compdef _cfsbench cfsbench
fi
`;

/** Within single quotes of zsh's _describe: a colon ends the name. */
const zshEntry = ({ name, description }: Described): string =>
  `'${name}:${description.replaceAll("'", '’').replaceAll('\n', ' ')}'`;

const zsh = (places: readonly CommandPlace[]): string => `#compdef cfsbench
_cfsbench() {
  local at= word
  local -a names
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
${wordCases(places)}
    esac
  done
  case "$at" in
${places
  .map(
    ({ words, commands, options }) =>
      `  '${functionName(words)}') names=(\n${[...commands, ...options].map((one) => `    ${zshEntry(one)}`).join('\n')}\n  ) ;;`,
  )
  .join('\n')}
  esac
  _describe 'cfsbench' names
  _files
}
${ZSH_END}`;

const fishText = (text: string): string => `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', ' ')}'`;

const fishCondition = ({ words }: CommandPlace, subcommands: readonly string[]): string =>
  words.length === 0
    ? '__fish_use_subcommand'
    : [
        ...words.map((word) => `__fish_seen_subcommand_from ${word}`),
        ...(subcommands.length === 0 ? [] : [`not __fish_seen_subcommand_from ${subcommands.join(' ')}`]),
      ].join('; and ');

const fish = (places: readonly CommandPlace[]): string =>
  places
    .flatMap((place) => {
      const condition = fishCondition(
        place,
        place.commands.map(({ name }) => name),
      );
      return [
        ...place.commands.map(
          ({ name, description }) =>
            `complete -c cfsbench -n '${condition}' -a ${name} -d ${fishText(description)}`,
        ),
        ...place.options.map(
          ({ name, description }) =>
            `complete -c cfsbench -n '${condition}' -l ${name.slice(2)} -d ${fishText(description)}`,
        ),
      ];
    })
    .join('\n')
    .concat('\n');

/** By the name of the shell. */
export const shells: ReadonlyMap<string, (places: readonly CommandPlace[]) => string> = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
]);
