import { type CallWords, templatesOfCall } from './call-words.ts';
import type { Definition } from './definition.ts';

/** All that a campaign says is made of templates: in texts, in what stands in places of WhatsApp's, and in calls, of variants and of steps of a ladder. */

type Worded = Pick<Definition, 'ladder' | 'variants'>;
type Words = Pick<Definition['variants'][number], 'bodies' | 'calls'> &
  Partial<Pick<Definition['variants'][number], 'templates'>>;

/** Every template of a campaign. Pure. */
export const templatesOf = ({ ladder, variants }: Worded): string[] =>
  [...variants, ...(ladder ?? [])].flatMap(({ bodies, calls, templates = {} }: Words) => [
    ...Object.values(bodies),
    ...Object.values(templates).flatMap(({ variables }) => Object.values(variables)),
    ...Object.values(calls).flatMap((words) => templatesOfCall(words).map(({ text }) => text)),
  ]);

/** The same campaign with other words. Pure. */
export function mapTemplates<Campaign extends Worded>(
  campaign: Campaign,
  change: (text: string) => string,
): Campaign {
  const ofCall = ({ machine, menu, message }: CallWords): CallWords => ({
    message: 'say' in message ? { say: change(message.say) } : message,
    menu: menu.map(({ key, prompt, say }) => ({ key, prompt: change(prompt), say: change(say) })),
    machine: machine === null ? null : change(machine),
  });
  const changed = <Each extends Words>(each: Each): Each => ({
    ...each,
    bodies: valuesMapped(each.bodies, change),
    calls: valuesMapped(each.calls, ofCall),
    ...(each.templates === undefined
      ? {}
      : {
          templates: valuesMapped(each.templates, (template) => ({
            ...template,
            variables: valuesMapped(template.variables, change),
          })),
        }),
  });
  return {
    ...campaign,
    variants: campaign.variants.map(changed),
    ladder: campaign.ladder?.map(changed) ?? null,
  };
}

const valuesMapped = <Value>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Value,
): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
