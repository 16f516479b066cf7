import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { registrationConsentId } from '#shared/identity.ts';
import { type ConsentChange, consentChange } from './change.ts';

/**
 * Consent that people give by registering. Who texts a programme's code to join it has given their number for its
 * messages: express consent to informational ones, and to nothing more (FCC 92-443, paragraph 31; 47 CFR
 * 64.1200(a)(1)). Marketing needs a signed writing, which a text is not. Ids derive from the events, so that a change is
 * recorded once, whoever reads the event. `recordedBy`: what is added to the cause where it is not recorded at once.
 */
export function registrationConsents(
  batches: readonly Pick<DialogEventBatch, 'phoneNumber' | 'origin' | 'events'>[],
  recordedBy = '',
): (ConsentChange & { status: 'opted_in' })[] {
  return batches.flatMap(({ phoneNumber, origin, events }) =>
    events.flatMap((event) => {
      if (event.type !== 'USER_VALIDATED') return [];
      const change = consentChange({
        changeId: registrationConsentId(event.eventId),
        phoneNumber,
        status: 'opted_in',
        method: 'sms',
        granted: ['informational'],
        requestedAt: new Date(origin.kind === 'reply' ? origin.receivedAt : event.occurredAt),
        // A STOP that was texted after the code, and is known already, stays.
        foundLate: true,
        cause: `registered with a code of the programme ${event.codeValidation.programmeSlug}${recordedBy}`,
      });
      return { ...change, status: 'opted_in' as const };
    }),
  );
}
