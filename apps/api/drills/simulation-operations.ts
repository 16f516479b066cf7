import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { type Drill, languageSchema } from '#shared/contracts/drill.ts';
import { type SimulatedTurn, simulate } from '#shared/dialog/simulate.ts';
import { drillDraftSchema } from '#shared/drills/content-file.ts';
import type { Drills, PublishedContent } from '#shared/drills/drills.ts';
import { type Programme, slugSchema } from '#shared/drills/programme.ts';
import { type Operation, reply, search } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';

/** Texts of the person, and waits, in one play: enough for any drill, and little enough to be played while the author types. */
const MOST_ANSWERS = 200;

/** More than any reminder takes. */
const LONGEST_WAIT_HOURS = 720;

const waitSchema = z.strictObject({ waitHours: z.number().positive().max(LONGEST_WAIT_HOURS) }).meta({
  id: 'SimulatedWait',
  description:
    'So long they write nothing; the question is asked once more where the programme reminds people',
});

const simulationSchema = z
  .strictObject({
    slug: slugSchema.optional().meta({ description: 'The published version of this drill' }),
    drill: drillDraftSchema
      .optional()
      .meta({ description: 'A drill as it is being written; instead of `slug`' }),
    programme: slugSchema
      .optional()
      .meta({ description: 'Whose words, texts and labels hold; left out: the first that gives the drill' }),
    profile: z
      .strictObject({
        language: languageSchema.optional(),
        name: z.string().max(200).optional(),
        timezone: z.string().max(100).optional(),
        isDemo: z.boolean().optional(),
        answers: z.record(z.string().max(100), z.string().max(1_600)).optional(),
      })
      .default({})
      .meta({ description: 'Who plays it; left out: somebody of whom nothing is known' }),
    answers: z
      .array(z.union([z.string().max(1_600), waitSchema]))
      .max(MOST_ANSWERS)
      .default([])
      .meta({ description: 'What they text, in order, and how long they write nothing in between' }),
  })
  .refine(({ drill, slug }) => (drill === undefined) !== (slug === undefined), {
    path: ['slug'],
    message: 'either slug or drill is needed, and not both',
  })
  .meta({
    id: 'DrillSimulation',
    example: {
      drill: {
        slug: 'clean-hands',
        name: 'Clean hands',
        defaultLanguage: 'en',
        prompts: [
          {
            slug: 'how-long',
            messages: [{ text: { en: 'How long do you wash your hands?\na) 5 seconds\nb) 20 seconds' } }],
            options: { en: ['a) 5 seconds', 'b) 20 seconds'] },
            correctResponse: { en: 'b) 20 seconds' },
          },
          { slug: 'goodbye', messages: [{ text: { en: 'Thank you!' } }] },
        ],
      },
      answers: ['a', { waitHours: 5 }, '20 seconds'],
    },
  });

const turnSchema = z.object({
  said: z.string().nullable().meta({ description: 'null: the start, or a wait' }),
  waitedHours: z.number().nullable().meta({ description: 'null: it was no wait' }),
  prompt: z.string().nullable().meta({ description: 'Slug of the prompt that waited for an answer then' }),
  outcome: z.enum(['started', 'right', 'wrong', 'abandoned', 'noted', 'other', 'reminded', 'nothing']).meta({
    description:
      'What it was taken for, or led to; `other`: something else than an answer; `reminded`: the question was asked once more',
  }),
  completed: z.boolean(),
  events: z.array(z.string()).meta({ description: 'Types of the events of the dialog' }),
  messages: z.array(
    z.object({
      body: z.string(),
      mediaUrl: z.string().nullable(),
      encoding: z.enum(['GSM-7', 'UCS-2']),
      segments: z.int(),
      units: z.int(),
    }),
  ),
});

const playSchema = z
  .object({
    turns: z.array(turnSchema).meta({ description: 'The start, and one for each answer or wait' }),
    prompt: z.string().nullable().meta({ description: 'Slug of the prompt that waits at the end' }),
    profile: z
      .object({
        language: languageSchema,
        name: z.string().nullable(),
        timezone: z.string().nullable(),
        optedOut: z.boolean(),
        answers: z.record(z.string(), z.string()),
      })
      .meta({ description: 'What the dialog would know of the person then' }),
  })
  .meta({ id: 'DrillPlay' });

/** Drills played against given answers: nothing is kept, and nothing is sent. */
export const simulationOperations = ({
  clock,
  drills,
}: {
  clock: Clock;
  drills: Drills;
}): readonly Operation[] => [
  search({
    id: 'simulateDrill',
    path: '/v1/drill-simulations',
    tag: 'Drills',
    summary: 'Plays a drill against given answers, with no effects',
    description:
      'By the code that talks with people, for a published drill or for one that is being written. Nothing is kept and nothing is sent.',
    access: 'viewer',
    body: simulationSchema,
    replies: { 200: { description: 'What is said and heard', body: playSchema } },
    problems: ['not_found'],
    handle: async ({ body: { answers, drill: given, profile, programme, slug } }) => {
      const content = await drills.current();
      const drill = given === undefined ? await publishedOf(content, slug ?? '') : drillOf(given);
      const { state, turns } = simulate({
        ...{ drill, answers, profile, now: clock.now() },
        programme: programmeOf(content, drill, programme),
      });
      const { language, name, optedOut, timezone } = state.profile;
      return reply(200, {
        turns: turns.map(wireTurn),
        prompt: state.currentPrompt?.slug ?? null,
        profile: { language, name, timezone, optedOut, answers: state.profile.answers },
      });
    },
  }),
];

async function publishedOf(content: PublishedContent, slug: string): Promise<Drill> {
  const drill = await content.drill(slug);
  if (drill === null) throw new Problem('not_found', 'There is no published drill of this name.');
  return drill;
}

const drillOf = ({ examples: _, ...drill }: z.output<typeof drillDraftSchema>): Drill => ({
  ...drill,
  version: 1,
});

function programmeOf(
  content: PublishedContent,
  { slug }: Drill,
  named: string | undefined,
): Programme | null {
  if (named === undefined) return content.programmes.find(({ drills }) => drills.includes(slug)) ?? null;
  const programme = content.programme(named);
  if (programme === null) throw new Problem('not_found', 'There is no programme of this name.');
  return programme;
}

const wireTurn = ({ completed, events, messages, outcome, prompt, said, waitedHours }: SimulatedTurn) => ({
  ...{ said, waitedHours, prompt, outcome, completed },
  events: events.map(({ type }) => type),
  messages: [...messages],
});
