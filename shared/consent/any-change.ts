import fc from 'fast-check';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { type ConsentChange, consentChange } from './change.ts';

/** Any history of consent, for property tests: of few phones and scopes, so that changes meet each other. */

export const anyPhones = ['+14155550101', '+14155550102'].map(phoneNumber);
const START = Date.UTC(2026, 10, 1);

const anyPlainChange = fc
  .record({
    phoneNumber: fc.constantFrom(...anyPhones),
    status: fc.constantFrom('opted_in', 'opted_out', 'pending_opt_out'),
    method: fc.constantFrom('sms', 'carrier', 'import', 'web', 'voice'),
    scope: fc.constantFrom('sender', 'sender', 'flu', 'hands'),
    day: fc.integer({ min: 0, max: 30 }),
    foundLate: fc.boolean(),
    granted: fc.subarray(['informational', 'marketing_in_writing', 'artificial_voice'] as const),
  })
  .map(({ day, granted, foundLate, ...rest }) => ({
    ...rest,
    requestedAt: new Date(START + day * 86_400_000),
    foundLate: rest.status === 'opted_in' && foundLate,
    deadline: rest.status === 'pending_opt_out' ? `2026-12-${String(1 + (day % 28)).padStart(2, '0')}` : null,
    granted: rest.status === 'opted_in' ? granted : [],
    evidence: {
      wording: 'I agree to texts.',
      affirmativeAction: 'ticked',
      url: null,
      ip: null,
      userAgent: null,
    },
  }));

/** A history with ids, in which some changes are taken back later. */
export const anyHistory: fc.Arbitrary<ConsentChange[]> = fc
  .array(fc.record({ plain: anyPlainChange, reverses: fc.option(fc.nat(20), { freq: 3 }) }), {
    maxLength: 14,
  })
  .map((drafts) => {
    const changes: ConsentChange[] = [];
    const reversed = new Set<string>();
    for (const [index, { plain, reverses }] of drafts.entries()) {
      const changeId = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
      const target = reverses === null ? undefined : changes[reverses % Math.max(1, changes.length)];
      if (target === undefined || target.reverses !== null || reversed.has(target.changeId)) {
        const granted =
          plain.method === 'web' && plain.status === 'opted_in' && plain.granted.length === 0
            ? (['informational'] as const)
            : plain.granted;
        const voice = plain.method === 'voice' && plain.status === 'opted_in';
        changes.push(
          consentChange({
            ...plain,
            ...(voice ? { method: 'sms' as const } : {}),
            changeId,
            granted,
            cause: 'any',
          }),
        );
        continue;
      }
      reversed.add(target.changeId);
      changes.push(
        consentChange({
          changeId,
          phoneNumber: target.phoneNumber,
          status: 'opted_in',
          method: 'manual',
          requestedAt: plain.requestedAt,
          cause: 'taken back',
          actor: 'somebody',
          reverses: { changeId: target.changeId, reason: 'clerical_error' },
        }),
      );
    }
    return changes;
  });
