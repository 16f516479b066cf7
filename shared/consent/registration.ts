import type { DialogEvent, DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { registrationConsentId } from '#shared/identity.ts';
import { type ConsentChange, consentChange } from './change.ts';
import { hasGranted, type Standings } from './standing.ts';

type Registration = ConsentChange & { status: 'opted_in' };
type Said = Pick<DialogEventBatch, 'phoneNumber' | 'origin' | 'events' | 'programmeSlug'>;

/**
 * Consent that people give by registering. Who texts a programme's code to join it has given their number for its
 * messages: express consent to informational ones, and to nothing more (FCC 92-443, paragraph 31; 47 CFR
 * 64.1200(a)(1)). Marketing needs a signed writing, which a text is not. Ids derive from the events, so that a change is
 * recorded once, whoever reads the event. `recordedBy`: what is added to the cause where it is not recorded at once.
 *
 * Whoever is enrolled from a list has said nothing to us: their consent is what the list proves (`import-row.ts`).
 */
export function registrationConsents(
  batches: readonly Pick<DialogEventBatch, 'phoneNumber' | 'origin' | 'events'>[],
  recordedBy = '',
): Registration[] {
  return batches.flatMap(({ phoneNumber, origin, events }) =>
    events.flatMap((event) => {
      if (event.type !== 'USER_VALIDATED') return [];
      const cause = `registered with a code of the programme ${event.codeValidation.programmeSlug}${recordedBy}`;
      return [grantOf(event, { phoneNumber, origin }, cause)];
    }),
  );
}

/** Consent of somebody who asked for what an open programme sends. */
export interface OpenRegistration {
  change: Registration;
  /** Whether the text was a word like START. */
  isStart: boolean;
}

/**
 * The same of people who ask for what an open programme sends: nobody needs a code there, and the text that asks is the
 * consent. A text that asks for nothing (a question, a word that nobody knows) is none. One of each person: they may ask
 * twice in a minute. Whether it is to be recorded depends on where they stand (`isFirstConsent`).
 */
export function openRegistrationConsents(
  batches: readonly Said[],
  programmeOf: (slug: string) => Programme | null,
): OpenRegistration[] {
  const all = batches.flatMap((batch) => {
    if (batch.origin.kind !== 'reply') return [];
    const asking = batch.events.find(({ type }) => type === 'NEXT_DRILL_REQUESTED');
    if (asking === undefined) return [];
    const programme = batch.programmeSlug === null ? null : programmeOf(batch.programmeSlug);
    if (programme?.registration !== 'open') return [];
    const cause = `asked for a lesson of the programme ${programme.slug}, which is open to all`;
    const isStart = batch.events.some(({ type }) => type === 'OPTED_BACK_IN');
    return [{ change: grantOf(asking, batch, cause), isStart }];
  });
  const byPerson = Map.groupBy(all, ({ change }) => change.phoneNumber).values();
  return [...byPerson].flatMap((ofPerson) => ofPerson.find(({ isStart }) => !isStart) ?? ofPerson[0] ?? []);
}

/**
 * Whether it says something new of somebody who stands so: people ask again and again. Of somebody who ever revoked, a
 * START restores the service as it was and is no first consent.
 */
export const isFirstConsent = ({ change, isStart }: OpenRegistration, standings: Standings): boolean =>
  !hasGranted(standings, change.scope, change.granted) &&
  !(isStart && [...standings.values()].some(({ revokedAt }) => revokedAt !== null));

function grantOf(
  { eventId, occurredAt }: DialogEvent,
  { phoneNumber, origin }: Pick<Said, 'phoneNumber' | 'origin'>,
  cause: string,
): Registration {
  const change = consentChange({
    changeId: registrationConsentId(eventId),
    phoneNumber,
    status: 'opted_in',
    method: 'sms',
    granted: ['informational'],
    requestedAt: new Date(origin.kind === 'reply' ? origin.receivedAt : occurredAt),
    // A STOP that was texted after it, and is known already, stays.
    foundLate: true,
    cause,
  });
  return { ...change, status: 'opted_in' };
}
