import type { Problem } from '#shared/api-client/api-types.ts';

/** An answer of the API that says why not (RFC 9457). */
export class ApiProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = 'ApiProblem';
    this.problem = problem;
  }
}

/** There was no answer, or none of ours: the network, a proxy, or the service is away. */
export class NoAnswer extends Error {
  constructor(cause: unknown) {
    super('no answer', { cause });
    this.name = 'NoAnswer';
  }
}

export const codeOf = (error: unknown): Problem['code'] | null =>
  error instanceof ApiProblem ? error.problem.code : null;

/** Whether the same request may do better in a moment. */
export const isPassing = (error: unknown): boolean =>
  error instanceof NoAnswer || codeOf(error) === 'unavailable' || codeOf(error) === 'too_many_requests';
