// Patterns of rows that may be missing: an arm, a scenario, an image, or `scenario/image/arm` with `*` for any.
import { ResultsError } from '../errors.ts';
import type { ExactResult } from './exact.ts';

export const parsePattern = (text: string): ((row: ExactResult) => boolean) => {
  const parts = text.split('/');
  if (text === '' || (parts.length !== 1 && parts.length !== 3))
    throw new ResultsError(`invalid pattern of rows that may be missing: '${text}'`, {
      hint: 'name an arm, a scenario, an image, or scenario/image/arm with * for any',
    });
  const matches = (pattern: string, name: string): boolean => pattern === '*' || pattern === name;
  return ({ place: { scenario, image, arm } }) => {
    if (parts.length === 1) return [scenario, image, arm].includes(text);
    const [ofScenario = '', ofImage = '', ofArm = ''] = parts;
    return matches(ofScenario, scenario) && matches(ofImage, image) && matches(ofArm, arm);
  };
};
