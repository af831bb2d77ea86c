// JSON from files.
import { ResultsError, type ResultsErrorParts } from './errors.ts';

const [QUOTE, BACKSLASH, BRACKET, BRACE] = [0x22, 0x5c, 0x5b, 0x7b];
/** The deepest nesting that is read. A run has fewer than ten levels; code that walks a value calls itself once for each. */
const DEEPEST = 100;

const isTooDeep = (text: string): boolean => {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isInString) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) isInString = false;
    } else if (code === QUOTE) isInString = true;
    else if (code === BRACKET || code === BRACE) {
      if (++depth > DEEPEST) return true;
    } else if (code === BRACKET + 2 || code === BRACE + 2) depth--; // The closing ones.
  }
  return false;
};

/** `at` names the file, and the line where it has several. */
export const parseJson = (text: string, at: string, parts: ResultsErrorParts = {}): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ResultsError(`${at}: not JSON`, { facts: [(error as Error).message], ...parts });
  }
};

/** As `parseJson`; refuses values that are nested deeper than any of cfsbench's own. */
export const parseFlatJson = (text: string, at: string): unknown => {
  if (isTooDeep(text)) throw new ResultsError(`${at}: values are nested more than ${DEEPEST} deep`);
  return parseJson(text, at);
};
