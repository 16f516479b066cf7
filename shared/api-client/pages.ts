import type { Problem } from './api-types.ts';

/** A page of a list, as every list of the API gives it. */
interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** What the client's functions answer for a list. */
type PageAnswer<Item> = { data?: Page<Item>; error?: Problem };

/** A list that broke off at a problem. */
export class ListProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = 'ListProblem';
    this.problem = problem;
  }
}

/**
 * All rows of a list, one after another, read page by page as they are asked for: a caller who stops reads no further.
 * What is added or deleted meanwhile neither repeats nor hides a row. Throws `ListProblem` for an answer that is one.
 *
 *   for await (const key of rowsOf((cursor) => api.GET('/v1/keys', { params: { query: { cursor } } }))) ...
 */
export async function* rowsOf<Item>(
  readPage: (cursor: string | undefined) => Promise<PageAnswer<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined;
  do {
    const { data, error } = await readPage(cursor);
    if (data === undefined) {
      if (error === undefined) throw new TypeError('an answer without a body is no page');
      throw new ListProblem(error);
    }
    yield* data.items;
    cursor = data.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
