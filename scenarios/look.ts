// What scenarios ask of the child that looks into mounts, and what they get.
import type { Question } from '../harness/look/questions.ts';
import type { Stage } from '../harness/model/scenario.ts';

export const look = async <T>(stage: Stage, question: Question): Promise<T> =>
  (await stage.look(question)) as T;
