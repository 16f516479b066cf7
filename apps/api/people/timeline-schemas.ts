import { z } from 'zod';
import { contactStateSchema } from '../campaigns/contact-schemas.ts';
import { statusSchema } from '../campaigns/schemas.ts';
import { reasonInWords } from '../campaigns/words.ts';
import { changeSchema, wireChange } from '../consents/schemas.ts';
import { saidSchema, wireMessage, wireText } from '../conversations/schemas.ts';
import { instant } from '../http/time.ts';
import { personEventSchema, wireEvent } from './schemas.ts';
import { type CampaignOfPerson, type Entry, entryKinds, shownEvents } from './timeline-store.ts';

const campaignSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.string().meta({ example: 'sms' }),
    status: statusSchema,
    contactId: z.string(),
    state: contactStateSchema,
    rule: z.string().nullable(),
    says: z.string().nullable().meta({ description: 'The rule in words' }),
    dueAt: instant.nullable().meta({ description: 'When it goes on, at the earliest' }),
    repliedAt: instant.nullable(),
    messageId: z.string().nullable(),
  })
  .meta({ id: 'CampaignOfPerson' });

export const kindSchema = z.enum(entryKinds);

export const timelineEntrySchema = z
  .object({
    id: z.string().meta({ description: 'Of this entry: the same whenever it is read' }),
    kind: kindSchema.meta({
      description:
        '`text`: theirs. `message`: a text or call of ours. `drill`: in a lesson. `note`: of one of you',
    }),
    at: instant,
    said: saidSchema.nullable().meta({ description: 'Of a text, and of a message or call' }),
    consent: changeSchema.nullable(),
    campaign: campaignSchema.nullable().meta({ description: 'When it began, and what has become of it' }),
    events: z.array(personEventSchema).nullable().meta({ description: 'Of a lesson, in their order' }),
    programme: z.string().nullable().meta({ description: 'Of a lesson' }),
    note: z.object({ body: z.string(), writtenBy: z.string() }).nullable(),
  })
  .meta({ id: 'TimelineEntry' });

type Wire = z.input<typeof timelineEntrySchema>;

const NOTHING = { said: null, consent: null, campaign: null, events: null, programme: null, note: null };

const wireCampaign = (row: CampaignOfPerson): NonNullable<Wire['campaign']> => ({
  id: row.campaignId,
  name: row.name,
  type: row.type,
  status: row.status,
  contactId: row.contactId,
  state: row.state,
  rule: row.rule,
  says: reasonInWords(row.rule),
  dueAt: row.dueAt?.toISOString() ?? null,
  repliedAt: row.repliedAt?.toISOString() ?? null,
  // A lesson has a command in its place.
  messageId: row.type === 'drill' ? null : row.messageId,
});

const isShown = ({ type }: { type: string }): boolean => shownEvents.some((each) => each === type);

export function wireEntry(entry: Entry): Wire {
  const { kind } = entry;
  const of = (id: string | number, parts: Partial<typeof NOTHING> | Partial<Wire>): Wire => ({
    ...NOTHING,
    id: `${kind}:${id}`,
    kind,
    at: entry.at.toISOString(),
    ...parts,
  });
  switch (kind) {
    case 'text':
      return of(entry.text.id, { said: wireText(entry.text) });
    case 'message':
      return of(entry.message.id, { said: wireMessage(entry.message) });
    case 'consent':
      return of(entry.change.changeId, { consent: wireChange(entry.change) });
    case 'campaign':
      return of(entry.campaign.campaignId, { campaign: wireCampaign(entry.campaign) });
    case 'drill':
      return of(entry.batch.version, {
        events: entry.batch.events.filter(isShown).map(wireEvent),
        programme: entry.batch.programmeSlug,
      });
    case 'note':
      return of(entry.note.position, { note: { body: entry.note.body, writtenBy: entry.note.writtenBy } });
  }
}
