import type { PhoneRecords } from '../driver/proof.ts';

/** Everything about one phone, for a person who has to find out what went wrong. */
export function storyOf({
  attempts,
  batches,
  commands,
  consent,
  happenings,
  messages,
  phone,
}: PhoneRecords): string {
  const attemptsOf = (id: string): string =>
    attempts
      .filter(({ message_id }) => message_id === id)
      .map(
        ({ attempt_id, carrier_message_id, state }) => `${attempt_id} ${state} ${carrier_message_id ?? ''}`,
      )
      .join(', ');
  return [
    `--- ${phone}`,
    'at the carrier:',
    ...happenings.map(
      (one) => `  ${one.kind} ${one.id} ${'body' in one ? `${one.at} ${one.body}` : one.taken}`,
    ),
    'commands on the stream:',
    ...commands.map(
      (command) =>
        `  ${command.commandId} ${command.type} ${command.type === 'INBOUND_SMS' ? command.payload.body : ''}`,
    ),
    'events:',
    ...batches.map(
      ({ commandId, events, version }) =>
        `  ${version} ${commandId} ${events.map(({ type }) => type).join(' ')}`,
    ),
    'messages:',
    ...messages.map(
      ({ body, intent, message_id, ordinal, state }) =>
        `  ${ordinal} ${message_id} ${intent} ${state} ${body.slice(0, 40)} <- ${attemptsOf(message_id)}`,
    ),
    'consent:',
    ...consent.map(({ recorded_at, status }) => `  ${recorded_at.toISOString()} ${status}`),
  ].join('\n');
}
