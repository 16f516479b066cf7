import { z } from 'zod';
import {
  type AnsweredBy,
  answeredByWords,
  type CallOutcome,
  callOutcomes,
} from '#shared/voice/call-outcomes.ts';

export const outcomeSchema = z.enum(callOutcomes);

/** What became of a call, besides what becomes of every message. */
export const callFactsSchema = z
  .object({
    outcome: outcomeSchema.nullable().meta({
      description:
        'What is known last: `opted_out`: key 9 was pressed. `machine`: an answering machine took it. Null: nothing yet',
      example: 'answered',
    }),
    answeredBy: z
      .enum(answeredByWords)
      .nullable()
      .meta({ description: 'As the carrier believes: right in about nine of ten calls', example: 'human' }),
    seconds: z.int().nullable().meta({ description: 'From the answer to the end', example: 34 }),
    price: z
      .object({
        amount: z.string().meta({ example: '0.014' }),
        currency: z.string().meta({ example: 'USD' }),
      })
      .nullable()
      .meta({ description: 'What the carrier charged; it says so minutes after the end' }),
    keys: z.array(z.string()).meta({
      description: 'Keys that were pressed, each once. 9 opts out of calls and texts',
      example: ['1'],
    }),
  })
  .meta({ id: 'CallFacts' });

/** As `CALL_FACTS` reads it. */
export interface CallFactsRow {
  outcome: CallOutcome | null;
  answeredBy: AnsweredBy | null;
  seconds: number | null;
  price: { amount: string; currency: string } | null;
  keys: string[];
}

/** A row of `call_log` as `CallFactsRow`. */
export const CALL_FACTS = `jsonb_build_object(
  'outcome', call_log.outcome, 'answeredBy', call_log.answered_by, 'seconds', call_log.seconds, 'keys', to_jsonb(call_log.keys),
  'price', CASE WHEN call_log.currency IS NOT NULL AND call_log.price IS NOT NULL
                THEN jsonb_build_object('amount', call_log.price::text, 'currency', call_log.currency) END)`;
