import { z } from 'zod';
import { statuses } from '#shared/campaigns/lifecycle.ts';
import { channels, intents } from '#shared/compliance/touch.ts';
import type { DialogEvent, DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { promptStateSchema } from '#shared/contracts/dialog-state.ts';
import { profileChangeSchema, profileSchema } from '#shared/contracts/profile.ts';
import { personStandingSchema } from '../consents/schemas.ts';
import { shownPhone } from '../http/phone.ts';
import { instant } from '../http/time.ts';
import type { DrillProgress, Person } from './store.ts';

const progressSchema = z
  .object({
    programme: z.string(),
    drill: z.string(),
    requestedAt: instant,
    startedAt: instant.nullable(),
    completedAt: instant.nullable(),
  })
  .meta({ id: 'DrillProgress' });

const dialogSchema = z
  .object({
    version: z.int().meta({ description: 'How many batches of events it is the sum of' }),
    updatedAt: instant,
    drill: z
      .object({ slug: z.string(), name: z.string(), version: z.int(), instanceId: z.string().nullable() })
      .nullable()
      .meta({ description: 'The one in flight, as it was when it began' }),
    prompt: promptStateSchema.nullable().meta({ description: 'The one that waits for an answer' }),
  })
  .meta({ id: 'Dialog' });

export const personSchema = z
  .object({
    phoneNumber: shownPhone,
    timeZone: z.string().nullable().meta({ description: 'As it was told; null: the area code decides' }),
    state: z.string().nullable(),
    postalCode: z.string().nullable(),
    consent: personStandingSchema,
    profile: profileSchema
      .nullable()
      .meta({ description: 'What the dialog knows; null: there was none yet' }),
    dialog: dialogSchema.nullable(),
    progress: z.array(progressSchema),
  })
  .meta({ id: 'Person' });

/** What the gate says of what might be sent. */
export const sendableSchema = z
  .object({
    phoneNumber: shownPhone,
    asOf: instant.meta({ description: 'When it was asked: whatever goes is judged again when it goes' }),
    zones: z.array(z.string()).meta({
      description: 'Where they may be, as far as is known: each has to allow it',
      example: ['America/New_York'],
    }),
    zoneSource: z.enum(['zone', 'postal_code', 'state', 'area_code', 'none']).meta({
      description: 'What says where they are; `none`: nothing, so all zones of the country count',
    }),
    items: z.array(
      z.object({
        channel: z.enum(channels),
        intent: z.enum(intents).meta({
          description: '`reply`: an answer to their newest text, where there is one',
        }),
        verdict: z.enum(['send', 'hold', 'block']),
        rule: z.string().meta({ example: 'quiet_hours' }),
        says: z.string().nullable().meta({ description: 'The rule in words' }),
        until: instant.nullable().meta({
          description: 'What may go: no later than this. What is held: not before this',
        }),
      }),
    ),
  })
  .meta({ id: 'Sendable' });

export const wireDialog = ({ dialog }: Person): z.input<typeof dialogSchema> | null =>
  dialog === null
    ? null
    : {
        version: dialog.state.version,
        updatedAt: dialog.updatedAt.toISOString(),
        drill: dialog.drill === null ? null : { ...dialog.drill, instanceId: dialog.state.drillInstanceId },
        prompt: dialog.state.currentPrompt,
      };

export const wireProgress = (progress: DrillProgress): z.input<typeof progressSchema> => ({
  ...progress,
  requestedAt: progress.requestedAt.toISOString(),
  startedAt: progress.startedAt?.toISOString() ?? null,
  completedAt: progress.completedAt?.toISOString() ?? null,
});

export const personEventSchema = z
  .object({
    id: z.string(),
    type: z.string().meta({ example: 'COMPLETED_PROMPT' }),
    occurredAt: instant,
    drillInstanceId: z.string().nullable(),
    drill: z.string().nullable(),
    prompt: z.string().nullable(),
    programme: z.string().nullable(),
    text: z.string().nullable().meta({ description: 'What the person answered, or what was said' }),
    profile: profileChangeSchema.nullable().meta({ description: 'What changed from outside' }),
  })
  .meta({ id: 'PersonEvent' });

export const eventBatchSchema = z
  .object({
    version: z.int(),
    occurredAt: instant,
    programme: z.string().nullable().meta({ description: 'Which owns the number that was texted' }),
    events: z.array(personEventSchema),
  })
  .meta({ id: 'PersonEventBatch' });

export const wireBatch = ({
  events,
  occurredAt,
  programmeSlug: programme,
  version,
}: DialogEventBatch): z.input<typeof eventBatchSchema> => ({
  version,
  occurredAt,
  programme,
  events: events.map(wireEvent),
});

/** Events without the drills and prompts that they carry: those are named. */
export const wireEvent = (event: DialogEvent): z.input<typeof personEventSchema> => ({
  id: event.eventId,
  type: event.type,
  occurredAt: event.occurredAt,
  drillInstanceId: 'drillInstanceId' in event ? event.drillInstanceId : null,
  drill: event.type === 'DRILL_STARTED' ? event.drill.slug : null,
  prompt:
    event.type === 'DRILL_STARTED' ? event.firstPrompt.slug : 'prompt' in event ? event.prompt.slug : null,
  programme: event.type === 'USER_VALIDATED' ? event.codeValidation.programmeSlug : null,
  text: textOf(event),
  profile: event.type === 'USER_UPDATED' ? event.profile : null,
});

function textOf(event: DialogEvent): string | null {
  switch (event.type) {
    case 'COMPLETED_PROMPT':
    case 'FAILED_PROMPT':
      return event.response;
    case 'DRILL_COMPLETED':
      return event.lastPromptResponse;
    case 'UNHANDLED_MESSAGE_RECEIVED':
      return event.message;
    case 'AD_HOC_MESSAGE_SENT':
      return event.body;
    default:
      return null;
  }
}

export const campaignsOfPersonSchema = z
  .object({
    items: z.array(
      z.object({
        id: z.uuid(),
        name: z.string(),
        status: z.enum(statuses),
        messages: z.int().meta({ description: 'That it wrote for them, sent or not' }),
        texts: z.int().meta({ description: 'Of theirs that belong to it' }),
        lastAt: instant.meta({ description: 'When the newest of its messages was written' }),
      }),
    ),
  })
  .meta({ id: 'CampaignsOfPerson' });
