import { API_VERSION, type AppDeps, allOperations, tags } from './app.ts';
import { openApiDocument } from './http/document.ts';
import type { Operation } from './http/operation.ts';

/** Stands for whatever operations work with. It may be taken apart and handed on; to use it is a fault. */
const absent: unknown = new Proxy(() => undefined, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => 'absent' : absent),
  apply: () => {
    throw new Error('operations that are only described were used');
  },
});

/** Every operation, to be looked at and not to be called: nothing runs for it. */
export const describedOperations = (): readonly Operation[] => allOperations(absent as AppDeps);

/** The OpenAPI document of the API, as the service itself gives it at `/v1/openapi.json`. */
export const describeApi = () => openApiDocument(describedOperations(), { version: API_VERSION, tags });
