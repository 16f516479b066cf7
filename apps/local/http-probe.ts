import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { PROBE_MS, probing } from './process-plan.ts';

/** Null when the address answers 200, else its words (a service's /ready gives its reason). */
export const probeReady = (url: string): Promise<string | null> =>
  probing(async () => {
    const { status, words } = await ask(url);
    if (status !== 200) throw new Error(words.trim() || `answers ${status}`);
  });

/** Null when anything answers HTTP there, whatever it says. */
export const probeAnswers = (url: string): Promise<string | null> => probing(() => ask(url));

/** Not fetch(), which costs the supervisor 10 MiB. A connection per look: a kept one may be closed under it. */
function ask(url: string): Promise<{ status: number | undefined; words: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(PROBE_MS) }, (response) => {
      text(response).then((words) => resolve({ status: response.statusCode, words }), reject);
    });
    request.on('error', reject);
  });
}
