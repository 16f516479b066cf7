import assert from 'node:assert/strict';
import type { Contact } from '#shared/api-client/api-types.ts';
import { sampleText } from './sample-text.ts';

const ana = { name: 'Ana Ruiz', attributes: { clinic: 'North' }, postalCode: null } as unknown as Contact;

describe('A text while it is written', () => {
  it('has the values of a contact, what is given instead, or the name of the field', () => {
    assert.equal(
      sampleText('Hi {{first_name|there}}, {{clinic}} {{postal_code}} {{shoe|8}}', ana),
      'Hi Ana, North [postal_code] 8',
    );
    assert.equal(sampleText('Hi {{first_name|there}}', undefined), 'Hi there');
    assert.equal(sampleText('{{day}} {{name}}', ana, { day: 'Monday' }), 'Monday Ana Ruiz');
  });
});
