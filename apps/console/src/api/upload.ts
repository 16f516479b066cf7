import { currentKey } from './key.ts';
import { ApiProblem, NoAnswer } from './problem.ts';

/**
 * Sends a file, straight from where it lies and in no memory of ours, and says how many bytes have gone. The one request that
 * fetch cannot make: it does not say how far an upload is. Rejects as `ask` does.
 */
export function upload<Answer>(
  path: string,
  file: Blob,
  { sent, type }: { type: string; sent: (bytes: number) => void },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', path);
    request.setRequestHeader('content-type', type);
    const key = currentKey();
    if (key !== null) request.setRequestHeader('authorization', `Bearer ${key}`);
    request.upload.addEventListener('progress', ({ loaded }) => sent(loaded));
    const fail = (): void => reject(new NoAnswer(request.status));
    request.addEventListener('error', fail);
    request.addEventListener('abort', fail);
    request.addEventListener('load', () => {
      const answer = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(answer as Answer);
      else if (isProblem(answer)) reject(new ApiProblem(answer));
      else fail();
    });
    request.send(file);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Of somebody on the way.
    return null;
  }
}

const isProblem = (answer: unknown): answer is ApiProblem['problem'] =>
  typeof answer === 'object' && answer !== null && 'code' in answer && 'detail' in answer;
