import assert from 'node:assert/strict';
import { definitionSchema } from './definition.ts';
import { fieldsUsed } from './fields-used.ts';

describe('Fields that a campaign names', () => {
  it('are those of its texts, with a default or without, and of its filter, however deep', () => {
    const definition = definitionSchema.parse({
      audience: {
        filter: {
          all: [
            { field: 'a', is: 1 },
            { any: [{ not: { field: 'b', known: true } }, { tag: 'c' }] },
            { replied: true },
          ],
        },
      },
      variants: [
        { name: 'A', bodies: { en: '{{d|x}} {{e}}', es: '{{f}}' } },
        { name: 'B', bodies: { en: 'g {{ h }}' } },
      ],
      timeZone: 'America/New_York',
    });
    assert.deepEqual([...fieldsUsed(definition)].sort(), ['a', 'b', 'd', 'e', 'f', 'h']);
  });

  it('are also those of the steps of a ladder, and none of the campaign itself', () => {
    const definition = definitionSchema.parse({
      audience: {},
      fields: { clinic: 'North' },
      variants: [{ name: 'A', bodies: { en: '{{clinic}} {{campaign_name}} {{a}}' } }],
      ladder: [
        { channel: 'sms', bodies: { en: '{{b}}' } },
        { channel: 'voice', after: ['no_reply'], calls: { en: { message: { say: '{{c}}' } } } },
      ],
      timeZone: 'America/New_York',
    });
    assert.deepEqual([...fieldsUsed(definition)].sort(), ['a', 'b', 'c']);
  });
});
