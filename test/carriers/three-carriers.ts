import assert from 'node:assert/strict';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { Overrides, System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';

const CARRIERS = [
  { carrier: 'vonage', number: phoneNumber('+14155550191'), phone: phoneNumber('+14155550121') },
  { carrier: 'aws', number: phoneNumber('+14155550192'), phone: phoneNumber('+14155550122') },
] as const;

export const THREE_CARRIERS: Overrides = {
  '*': { CARRIERS: 'twilio,vonage,aws' },
  carrier: {
    CARRIER_NUMBERS: JSON.stringify(
      Object.fromEntries(CARRIERS.map(({ carrier, number }) => [number, carrier])),
    ),
  },
};

/** The whole system with three carriers: who texts a number is answered from it, through its carrier, and a STOP holds. */
export function describeThreeCarriers(running: () => System): void {
  describe('of three carriers', () => {
    let system: System;

    before(async () => {
      system = running();
      for (const { carrier, number } of CARRIERS) {
        await system.database.query(
          `INSERT INTO sender (sender_number, carrier, type, registration, segments_per_second, created_at, updated_at)
         VALUES ($1, $2, 'long_code', 'registered', 10, now(), now())`,
          [number, carrier],
        );
      }
    });

    for (const { carrier, number, phone } of CARRIERS) {
      it(`answers HELP to a number of ${carrier} from that number, and knows that the answer arrived`, async () => {
        await system.simulator.text(phone, 'HELP', number);
        await eventually(async () => {
          const conversation = await system.simulator.conversation(phone);
          const [answer] = conversation.filter(({ direction }) => direction === 'to_phone');
          assert.deepEqual([answer?.from, answer?.status], [number, 'delivered']);
          const { rows } = await system.database.query(
            `SELECT carrier, status FROM message_log WHERE phone_number = $1 AND direction = 'outbound'`,
            [phone],
          );
          assert.deepEqual(rows, [{ carrier, status: 'delivered' }]);
        });
      });

      it(`takes a STOP to a number of ${carrier}, and confirms it once, from there`, async () => {
        await system.simulator.text(phone, 'STOP', number);
        await eventually(async () => {
          const { rows } = await system.database.query(
            `SELECT state FROM message WHERE phone_number = $1 AND intent = 'opt_out_confirmation'`,
            [phone],
          );
          assert.deepEqual(rows, [{ state: 'sent' }]);
          const last = (await system.simulator.conversation(phone)).at(-1);
          assert.deepEqual([last?.direction, last?.from], ['to_phone', number]);
        });
      });
    }
  });
}
