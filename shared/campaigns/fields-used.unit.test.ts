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
});
