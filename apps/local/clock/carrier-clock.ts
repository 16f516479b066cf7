import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Jump } from '#shared/business-clock/jump.ts';

const ANSWER_MS = 2_000;

/**
 * Tells the carrier simulator how far business time is ahead, or is to be. Its answer is its acknowledgement: by then it
 * is in its journal. Idempotent; what leads no further than what it knows changes nothing. Rejects without an answer.
 */
export const tellCarrier = (carrierUrl: string, { previousMs, offsetMs, jumpsAt }: Jump): Promise<void> =>
  ask(carrierUrl, 'POST', JSON.stringify({ previousMs, offsetMs, jumpsAt }));

/** Whether it is there to be told. Rejects without an answer. */
export const askCarrier = (carrierUrl: string): Promise<void> => ask(carrierUrl, 'GET', '');

/** Not fetch(), which costs the supervisor 10 MiB. */
function ask(carrierUrl: string, method: 'GET' | 'POST', body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const call = request(`${carrierUrl}/simulator/clock`, { method, agent: false, signal }, (response) => {
      text(response).then((words) => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`the carrier simulator answered ${response.statusCode}: ${words}`));
      }, reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}
