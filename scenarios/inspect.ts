// Typed requests of scenarios to the inspector.
import type { InspectRequest } from '../harness/inspect/requests.ts';
import type { Stage } from '../harness/model/scenario.ts';

export const inspect = async <T>(stage: Stage, request: InspectRequest): Promise<T> =>
  (await stage.inspect(request)) as T;
