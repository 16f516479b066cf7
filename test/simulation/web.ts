import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';

/** One request to a program's listener, without a network. Resolves with the status of the answer. */
export function ask(
  listener: RequestListener,
  { body, headers, target }: { target: string; headers: Readonly<Record<string, string>>; body: string },
): Promise<number> {
  const socket = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => done(),
  });
  const request = new IncomingMessage(socket as never);
  request.method = 'POST';
  request.url = target;
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  request.headers = { ...headers, 'content-length': String(Buffer.byteLength(body)) };
  request.complete = true;
  const response = new ServerResponse(request);
  response.assignSocket(socket as never);
  const answered = new Promise<number>((resolve) =>
    response.once('finish', () => resolve(response.statusCode)),
  );
  request.push(body);
  request.push(null);
  listener(request, response);
  return answered;
}
