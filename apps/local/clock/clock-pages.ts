import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '#shared/errors.ts';
import { isFromElsewhere } from '../from-elsewhere.ts';
import type { OwnPage } from '../front-door.ts';
import type { LocalClock } from './local-clock.ts';

const MOST_BYTES = 4_096;

/** `GET /clock` and `POST /clock/skip`. `clock`: undefined while the stack starts. */
export const clockPages = (clock: () => LocalClock | undefined): ReadonlyMap<string, OwnPage> =>
  new Map<string, OwnPage>([
    ['/clock', serving('GET', clock, async (one) => one.view)],
    ['/clock/skip', serving('POST', clock, async (one, request) => one.skip(await bodyOf(request)))],
  ]);

type Answer = object & { problem?: string };

const serving =
  (
    method: string,
    clock: () => LocalClock | undefined,
    handle: (clock: LocalClock, request: IncomingMessage) => Promise<Answer>,
  ): OwnPage =>
  (request, response) => {
    const one = clock();
    if (request.method !== method) send(response, 405, { problem: `only ${method} works here` });
    // Time does not go back: no page of another site may move it.
    else if (isFromElsewhere(request)) send(response, 403, { problem: 'not for pages of other sites' });
    else if (!one) send(response, 503, { problem: 'the system is starting' });
    else {
      handle(one, request).then(
        (answer) => send(response, answer.problem === undefined ? 200 : 400, answer),
        (error: unknown) => send(response, 503, { problem: messageOf(error) }),
      );
    }
  };

function send(response: ServerResponse, status: number, answer: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(answer)}\n`);
}

/** Null for what is not JSON, or too long: no request. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > MOST_BYTES) return null;
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
