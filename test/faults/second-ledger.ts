import { exemptIntents } from '#shared/compliance/touch.ts';
import { inboundCommandId } from '#shared/identity.ts';
import { uuidOf } from '../../apps/local/carrier/vonage/api.ts';
import type { Happening } from '../driver/phone.ts';
import { effective } from '../driver/proof.ts';
import type { Records } from '../driver/records.ts';
import { type ContactRow, hadStopped } from './campaign-ledger.ts';

/** People who are reached through a carrier that cannot be asked what it has, and where they stand. */
export interface SecondRecords {
  phones: readonly { number: string; happenings: readonly Happening[] }[];
  contacts: readonly ContactRow[];
  isOf(body: string): boolean;
}

type Known = Pick<Records, 'attempts' | 'carrier' | 'consent' | 'executed' | 'log' | 'messages'>;

const EXEMPT: ReadonlySet<string> = new Set(exemptIntents);

/**
 * What is wrong with texts through that carrier. A request whose answer was lost ends as accepted, where a status told so, or as unknown; either
 * way it is not repeated: the carrier has each message once at the most. Texts from its phones were heard, and STOP holds. Pure; empty:
 * nothing.
 */
export const faultsOfSecond = ({ contacts, isOf, phones }: SecondRecords, known: Known): string[] =>
  phones.flatMap(({ happenings, number }) => [
    ...faultsOfMessages(number, known),
    ...faultsOfTexts(number, known),
    ...faultsAfterStop(number, happenings, isOf),
    ...faultsOfContact(number, contacts, isOf, known),
  ]);

/** How many requests ended as unknown. */
export const unknownOf = ({ phones }: SecondRecords, { attempts }: Known): number =>
  attempts.filter(
    ({ phone_number, state }) => state === 'unknown' && phones.some(({ number }) => number === phone_number),
  ).length;

function faultsOfMessages(number: string, known: Known): string[] {
  const attempts = known.attempts.filter(({ phone_number }) => phone_number === number);
  const messages = known.messages.filter(({ phone_number }) => phone_number === number);
  const carried = known.carrier.filter(({ direction, to }) => direction === 'to_phone' && to === number);
  const consent = effective(known.consent.filter(({ phone_number }) => phone_number === number));
  const ids = new Set(carried.map(({ id }) => uuidOf(id)));
  return [
    ...carried.flatMap(({ body, id, status }) => {
      const owners = attempts.filter(({ carrier_message_id }) => carrier_message_id === uuidOf(id));
      const rows = known.log.filter(({ carrier_message_id }) => carrier_message_id === uuidOf(id));
      return owners.length === 1 && rows.length === 1 && rows[0]?.status === status
        ? []
        : [
            `${number} got "${body}" (${status}) for ${owners.length} requests, and the log has ${JSON.stringify(rows)}`,
          ];
    }),
    ...attempts
      .filter(({ state }) => state === 'posting' || state === 'ambiguous')
      .map(({ attempt_id, state }) => `attempt ${attempt_id} to ${number} is ${state}`),
    ...attempts
      .filter(({ carrier_message_id, state }) => state === 'accepted' && !ids.has(carrier_message_id ?? ''))
      .map(({ attempt_id }) => `the carrier does not know attempt ${attempt_id} to ${number}`),
    ...messages.flatMap(({ body, message_id, rule, state }) => {
      const its = attempts.filter((attempt) => attempt.message_id === message_id);
      const gone = its.filter(({ state: ended }) => ended === 'accepted' || ended === 'unknown').length;
      return gone === (state === 'sent' || state === 'unknown' ? 1 : 0)
        ? []
        : [`"${body}" to ${number} is ${state} (${rule}) and may have gone ${gone} times`];
    }),
    ...attempts.flatMap(({ attempt_id, message_id, posted_at }) => {
      const intent = messages.find((message) => message.message_id === message_id)?.intent ?? '';
      const standing = consent.filter(({ recorded_at }) => recorded_at < posted_at).at(-1)?.status;
      return standing === 'opted_out' && !EXEMPT.has(intent)
        ? [`attempt ${attempt_id} to ${number} was claimed while they were opted out`]
        : [];
    }),
  ];
}

/** Every text was executed and stands in the log, once. */
const faultsOfTexts = (number: string, { carrier, executed, log }: Known): string[] =>
  carrier
    .filter(({ direction, from }) => direction === 'from_phone' && from === number)
    .flatMap(({ body, id }) => {
      const rows = log.filter(({ carrier_message_id }) => carrier_message_id === uuidOf(id)).length;
      return executed.has(inboundCommandId('vonage', uuidOf(id))) && rows === 1
        ? []
        : [`the text "${body}" of ${number} was not executed, or is ${rows} times in the log`];
    });

function faultsAfterStop(
  number: string,
  happenings: readonly Happening[],
  isOf: SecondRecords['isOf'],
): string[] {
  const answered = happenings.findIndex((one) => one.kind === 'answered' && one.taken);
  return answered < 0
    ? []
    : happenings
        .slice(answered)
        .flatMap((one) =>
          one.kind === 'heard' && isOf(one.body)
            ? [`${number} got "${one.body}" after their STOP was answered`]
            : [],
        );
}

function faultsOfContact(
  number: string,
  contacts: readonly ContactRow[],
  isOf: SecondRecords['isOf'],
  known: Known,
): string[] {
  const standing = contacts.filter(({ phone_number }) => phone_number === number);
  const [contact] = standing;
  if (contact === undefined || standing.length !== 1)
    return [`${number} stands in the campaign of the second carrier ${standing.length} times`];
  const { rule, state } = contact;
  const heard = known.carrier.filter(
    ({ body, direction, to }) => direction === 'to_phone' && to === number && isOf(body),
  ).length;
  // Of what is not known the carrier may have it, and may not.
  const isRight =
    state === 'sent' && rule === 'unknown'
      ? heard <= 1
      : state === 'sent' || state === 'delivered'
        ? heard === 1
        : heard === 0 && (state === 'blocked' || state === 'skipped') && hadStopped(contact, known);
  return isRight ? [] : [`${number} stands as ${state} (${rule}) and got the text ${heard} times`];
}
