import { z } from 'zod';
import { contactStates } from '#shared/campaigns/counts.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import { instant } from '../http/time.ts';
import type { CampaignContactRow } from './store.ts';
import { reasonInWords } from './words.ts';

export const contactStateSchema = z.enum(contactStates).meta({ id: 'CampaignContactState' });

export const campaignContactSchema = z
  .object({
    contactId: z.uuid(),
    phoneNumber: z.string(),
    variant: z.int().min(0),
    state: contactStateSchema,
    rule: z.string().nullable(),
    says: z.string().nullable().meta({
      description: 'The rule in words; of whoever is pending, which throttle groups keep them',
    }),
    dueAt: instant.nullable().meta({ description: 'When it is looked at next' }),
    messageId: z.uuid().nullable(),
    attempts: z.int().min(0).meta({ description: 'Messages that were at the carrier' }),
    repliedAt: instant.nullable(),
    keyword: z
      .string()
      .nullable()
      .meta({ description: 'The accepted keyword that they answered with last, in lower case; null: none' }),
    step: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: 'Of a ladder: the place of the step that they have come to, from 0' }),
  })
  .meta({ id: 'CampaignContact' });

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** `waits`: why whoever is to be written to now waits, for people; null: their turn comes. */
export const wireContact = (
  row: CampaignContactRow,
  { type }: Pick<Campaign, 'type'>,
  waits: string | null,
): z.input<typeof campaignContactSchema> => ({
  contactId: row.contact_id,
  phoneNumber: row.phone_number,
  variant: row.variant,
  state: row.state,
  rule: row.rule,
  says: reasonInWords(row.rule) ?? (row.state === 'pending' && row.rule === null ? waits : null),
  dueAt: iso(row.due_at),
  // A lesson has a command in its place.
  messageId: type === 'drill' ? null : row.message_id,
  attempts: row.attempts,
  repliedAt: iso(row.replied_at),
  keyword: row.keyword,
  step: row.step,
});
