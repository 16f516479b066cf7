import type { PhoneView } from '#shared/simulator/phone-view.ts';
import type { SkipRequest } from '../clock/skip-words.ts';
import type { Phone } from './phone.ts';
import type { ScriptStep } from './script.ts';

/**
 * Plays a script: after every text it waits until the application has taken it and arrivals have been quiet for
 * `quietMs`. Returns the phone's whole conversation. `onText` is told what is sent, as it is sent; `skip` skips time.
 */
export async function playScript(
  phone: Phone,
  steps: readonly ScriptStep[],
  quietMs: number,
  onText: (message: PhoneView) => void,
  skip: (request: SkipRequest) => Promise<unknown>,
): Promise<PhoneView[]> {
  for (const step of steps) {
    if (step.type === 'text') {
      const text = await phone.send(step.body);
      phone.handset.take(text);
      onText(text);
      await phone.handset.quiet(quietMs);
    } else if (step.type === 'skip') {
      await skip(step.request);
      await phone.handset.quiet(quietMs);
    } else if (await phone.handset.nextArrival(step.seconds * 1_000)) {
      // One message often comes with others.
      await phone.handset.quiet(quietMs);
    }
  }
  return phone.conversation();
}
