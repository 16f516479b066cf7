import { z } from 'zod';
import type { System } from '../driver/system.ts';
import { COURSE } from './course.ts';

/** Reports of drills, as the API gives them, against counts that plain SQL takes from the events. */

const counts = ['reached', 'passed', 'noted', 'wrong', 'abandoned', 'reminded', 'completed'] as const;
type Counts = Record<(typeof counts)[number], number>;

const count = z.int();
const promptSchema = z.object({
  prompt: z.string(),
  ...{
    reached: count,
    passed: count,
    noted: count,
    wrong: count,
    abandoned: count,
    reminded: count,
    completed: count,
  },
});
const reportSchema = z.object({
  items: z.array(
    z.object({ programme: z.string().nullable(), language: z.string(), prompts: z.array(promptSchema) }),
  ),
});

export async function reportFaults(system: System): Promise<string[]> {
  const { adminKey } = await system.secrets();
  const expected = await countedFromEvents(system);
  const faults: string[] = [];
  for (const [drill, prompts] of expected) {
    const response = await fetch(`${system.url}/v1/drills/${drill}/report`, {
      headers: { authorization: `Bearer ${adminKey}` },
    });
    const { items } = reportSchema.parse(await response.json());
    const reported = new Map<string, Counts>();
    for (const { programme, prompts: rows } of items) {
      if (programme !== COURSE.slug) faults.push(`${drill} is reported of ${programme}`);
      for (const row of rows) {
        const known = reported.get(row.prompt) ?? none();
        for (const name of counts) known[name] += row[name];
        reported.set(row.prompt, known);
      }
    }
    for (const prompt of new Set([...prompts.keys(), ...reported.keys()])) {
      const [is, should] = [reported.get(prompt) ?? none(), prompts.get(prompt) ?? none()];
      for (const name of counts) {
        if (is[name] !== should[name])
          faults.push(`${drill} ${prompt}: ${is[name]} ${name} reported, ${should[name]} by the events`);
      }
    }
  }
  if (expected.size === 0) faults.push('no drill was begun');
  return faults;
}

const none = (): Counts => ({
  ...{ reached: 0, passed: 0, noted: 0, wrong: 0, abandoned: 0, reminded: 0, completed: 0 },
});

/** By drill and prompt. A drill is complete at the prompt that it reached last. */
async function countedFromEvents(system: System): Promise<Map<string, Map<string, Counts>>> {
  const { rows } = await system.database.query<{ drill: string; prompt: string } & Counts>(
    `WITH event AS (
       SELECT phone_number, version, place, event ->> 'type' AS type, event ->> 'drillInstanceId' AS instance,
              coalesce(event -> 'prompt' ->> 'slug', event -> 'firstPrompt' ->> 'slug') AS prompt,
              event -> 'drill' ->> 'slug' AS drill, (event ->> 'graded')::boolean AS graded,
              (event ->> 'abandoned')::boolean AS abandoned
         FROM dialog_event_batch, json_array_elements(batch -> 'events') WITH ORDINALITY AS each(event, place)),
     drill AS (SELECT instance, drill FROM event WHERE type = 'DRILL_STARTED'),
     last AS (
       SELECT DISTINCT ON (instance) instance, prompt FROM event
        WHERE type IN ('DRILL_STARTED', 'ADVANCED_TO_NEXT_PROMPT') ORDER BY instance, version DESC, place DESC),
     placed AS (
       SELECT event.type, event.graded, event.abandoned, drill.drill, coalesce(event.prompt, last.prompt) AS prompt
         FROM event JOIN drill USING (instance) JOIN last USING (instance))
     SELECT drill, prompt,
            count(*) FILTER (WHERE type IN ('DRILL_STARTED', 'ADVANCED_TO_NEXT_PROMPT'))::int AS reached,
            count(*) FILTER (WHERE type = 'COMPLETED_PROMPT' AND graded)::int AS passed,
            count(*) FILTER (WHERE type = 'COMPLETED_PROMPT' AND NOT graded)::int AS noted,
            count(*) FILTER (WHERE type = 'FAILED_PROMPT')::int AS wrong,
            count(*) FILTER (WHERE type = 'FAILED_PROMPT' AND abandoned)::int AS abandoned,
            count(*) FILTER (WHERE type = 'REMINDER_TRIGGERED')::int AS reminded,
            count(*) FILTER (WHERE type = 'DRILL_COMPLETED')::int AS completed
       FROM placed WHERE type <> 'OPTED_OUT' GROUP BY drill, prompt`,
  );
  const drills = new Map<string, Map<string, Counts>>();
  for (const { drill, prompt, ...row } of rows) {
    drills.set(drill, (drills.get(drill) ?? new Map<string, Counts>()).set(prompt, row));
  }
  return drills;
}
