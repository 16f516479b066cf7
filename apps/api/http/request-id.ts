import type { Request } from 'express';

const ACCEPTED = /^[A-Za-z0-9._-]{8,128}$/;

/** The id under which a request stands in logs and replies: the caller's own (X-Request-Id) where it is one, else new. */
export const requestIdOf = (request: Request, newId: () => string): string => {
  const given = request.get('x-request-id');
  return given !== undefined && ACCEPTED.test(given) ? given : newId();
};
