import { hash } from 'node:crypto';
import { z } from 'zod';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import { type Config, oneOf, parsed, type Settings } from '#shared/config.ts';

const minuteOfDay = (text: string): number => {
  const [hours, minutes] = text.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
};

const window = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, 'must be two times of day, as 08:00-20:00')
  .transform((text) => {
    const [from, to] = text.split('-');
    return { from: minuteOfDay(from ?? ''), to: minuteOfDay(to ?? '') };
  })
  .refine(({ from, to }) => from < to, 'must end after it begins');

const days = z
  .string()
  .transform((text) => text.split(',').flatMap((day) => (day.trim() === '' ? [] : [day.trim()])))
  .pipe(z.array(z.iso.date('must be days, as 2026-12-24,2026-12-31')));

const cap = z
  .string()
  .regex(
    /^(none|[1-9]\d{0,3}\/([1-9]|1\d|2[0-4]))$/,
    'must be none, or touches/hours up to 24 hours, as 3/24',
  )
  .transform((text) => {
    if (text === 'none') return null;
    const [count, hours] = text.split('/').map(Number);
    return { count: count ?? 0, hours: hours ?? 0 };
  });

/** What an organisation decides for itself about when and how often people hear from it. The law comes on top. */
export const gateSettings = {
  ALLOWED_HOURS: parsed(window, {
    fallback: '08:00-20:00',
    help: "Hours of planned messages and calls everywhere, in the recipient's local time, end exclusive.",
  }),
  CLOSED_DAYS: parsed(days, {
    fallback: ',',
    help: 'Days on which nothing planned is sent, separated by commas, besides the holidays of states.',
  }),
  REVOCATION_SCOPE: oneOf(['sender', 'topic'], {
    fallback: 'sender',
    help: 'Whether refusing one topic refuses everything of this sender, or that topic.',
  }),
  MARKETING_CAP: parsed(cap, {
    fallback: 'none',
    help: 'Most marketing touches to one person in so many hours (3/24), texts and calls together, besides the caps of states; or none.',
  }),
  UNKNOWN_LOCATION: oneOf(['strictest', 'block'], {
    fallback: 'strictest',
    help: 'What to do with numbers that say nothing about where they are: judge them by the rules of all places, or send nothing planned.',
  }),
  UNKNOWN_PLACES: oneOf(['states', 'contiguous'], {
    fallback: 'states',
    help: 'Which places those are: all 50 states, or the 48 contiguous ones.',
  }),
  DO_NOT_CALL: oneOf(['when_known', 'required'], {
    fallback: 'when_known',
    help: 'Whether marketing needs an answer of a do-not-call list of at most 31 days, or goes where there is no list.',
  }),
  REASSIGNED_NUMBERS: oneOf(['when_known', 'required'], {
    fallback: 'when_known',
    help: 'Whether planned messages need an answer of the Reassigned Numbers Database of at most 30 days, or go where there is none.',
  }),
  LATE_CONFIRMATION: oneOf(['block', 'send'], {
    fallback: 'block',
    help: 'What to do with the confirmation of an opt-out that is more than five minutes old.',
  }),
} satisfies Settings;

/** The gate's configuration; its id names its content, so that equal configurations have the same. */
export function gateConfigFrom(config: Config<typeof gateSettings>): GateConfig {
  const decided = {
    defaultWindow: config.ALLOWED_HOURS,
    holidays: config.CLOSED_DAYS,
    revocationScope: config.REVOCATION_SCOPE,
    generalCap: config.MARKETING_CAP,
    unknownLocation: config.UNKNOWN_LOCATION,
    unknownPlaces: config.UNKNOWN_PLACES,
    doNotCall: config.DO_NOT_CALL,
    reassignedNumbers: config.REASSIGNED_NUMBERS,
    lateConfirmation: config.LATE_CONFIRMATION,
  };
  return { id: hash('sha256', JSON.stringify(decided), 'hex').slice(0, 12), ...decided };
}
