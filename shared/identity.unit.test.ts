import assert from 'node:assert/strict';
import fc from 'fast-check';
import { v5 } from 'uuid';
import { anyCodePoint } from '#test/code-points.ts';
import { batchIdOf, eventIdOf, inboundCommandId, messageLogId } from './identity.ts';

const NAMESPACE = '5d0f6f0c-31a4-5c1e-9a63-7b0f2a1c9e44';

describe('Derived ids', () => {
  it('are version 5 of RFC 9562, as the uuid library makes them', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCodePoint }), fc.string(), (carrier, id) => {
        assert.equal(inboundCommandId(carrier, id), v5(`inbound\n${carrier}\n${id}`, NAMESPACE));
      }),
    );
  });

  it('never change: they are known to streams, databases and carriers', () => {
    assert.equal(inboundCommandId('twilio', 'SM1'), '7d644288-73c3-588a-895c-cbfc6c9c8296');
  });

  it('differ by kind and by cause', () => {
    const ids = [
      inboundCommandId('twilio', 'SM1'),
      inboundCommandId('twilio', 'SM2'),
      inboundCommandId('vonage', 'SM1'),
      messageLogId('twilio', 'SM1'),
      batchIdOf('a'),
      eventIdOf('a', 0),
      eventIdOf('a', 1),
    ];
    assert.equal(new Set(ids).size, ids.length);
  });
});
