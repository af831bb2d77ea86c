// Patterns of rows that may be missing: an arm, a scenario, an image, or `scenario/image/arm` with `*` for any.
import { ResultsError } from '../errors.ts';
import type { ExactResult } from './exact.ts';

/** The name of an arm may have slashes, too. */
const PATTERN = /^([^/]*)\/([^/]*)\/(.*)$/s;
/** `composefs-fuse@server=./cfs-fuse`, `oci:./layout`: a slash in it separates nothing. */
const OPTION = /[@:]/;

/** Semicolons separate the options of an arm where commas separate patterns. */
const plain = (arm: string): string => arm.replaceAll(';', ',');

export const parsePattern = (text: string): ((row: ExactResult) => boolean) => {
  const [, ofScenario, ofImage, ofArm] = PATTERN.exec(text) ?? [];
  const isName = !text.includes('/') || OPTION.test(text);
  if (text === '' || (ofArm === undefined && !isName))
    throw new ResultsError(`invalid pattern of rows that may be missing: '${text}'`, {
      hint: 'name an arm, a scenario, an image, or scenario/image/arm with * for any',
    });
  const matches = (pattern: string, name: string): boolean => pattern === '*' || pattern === name;
  const matchesArm = (pattern: string, arm: string): boolean => matches(plain(pattern), plain(arm));
  return ({ place: { scenario, image, arm } }) => {
    if (text === scenario || text === image || plain(text) === plain(arm)) return true;
    if (ofScenario === undefined || ofImage === undefined || ofArm === undefined) return false;
    return matches(ofScenario, scenario) && matches(ofImage, image) && matchesArm(ofArm, arm);
  };
};
