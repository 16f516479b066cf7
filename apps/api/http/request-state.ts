import type { Request } from 'express';
import type { Identity } from '../identity/identity.ts';

/** A request with what the frame found out about it. */
export interface RequestState {
  id: string;
  operationId: string | null;
  identity: Identity | null;
  /** Counts and logs the answer, once: when it has gone out or, of a stream, when it has begun. */
  answered(status: number): void;
}
const states = new WeakMap<Request, RequestState>();

export const stateOf = (request: Request): RequestState => {
  const known = states.get(request);
  if (!known) throw new Error('the request did not come through the frame');
  return known;
};

export const begin = (request: Request, state: RequestState): void => {
  states.set(request, state);
};
