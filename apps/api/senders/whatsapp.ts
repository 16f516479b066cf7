import { whatsAppCarriers } from '#shared/carriers/whatsapp.ts';
import { lockContent } from '#shared/content/write.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { isWhatsApp, numberOf, type SenderAddress, whatsAppOf } from '#shared/phone/sender-address.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { inWords } from '#shared/senders/campaign-senders.ts';
import type { SenderType } from '#shared/senders/limits.ts';
import { Problem } from '../http/problem.ts';
import { hasOtherKind, programmesWithSender } from './store.ts';

/** The address of a sender of a type, by the number or the address that was given; 400 where they contradict each other. */
export function addressOf(given: SenderAddress, type: SenderType): SenderAddress {
  if (type === 'whatsapp') return whatsAppOf(numberOf(given));
  if (!isWhatsApp(given)) return given;
  throw new Problem('invalid_request', 'An address on WhatsApp is a sender of type whatsapp.', {
    faults: [{ in: 'body', pointer: '/type', detail: 'must be whatsapp: the address is one on WhatsApp' }],
  });
}

/** 400 where a sender on WhatsApp is to be at a carrier through which we do not speak it. */
export function requireWhatsApp(carrier: CarrierName, type: SenderType): void {
  if (type !== 'whatsapp' || whatsAppCarriers.includes(carrier)) return;
  throw new Problem(
    'invalid_request',
    `The number cannot be made known: WhatsApp is spoken through ${inWords(whatsAppCarriers)} alone, and not through ${inWords([carrier])}.`,
    {
      faults: [
        {
          in: 'body',
          pointer: '/carrier',
          detail: `must be one of ${whatsAppCarriers.join(', ')} for WhatsApp`,
        },
      ],
    },
  );
}

/** 409 where a sender would change between texts and WhatsApp: its address says which it is. */
export function requireSameChannel(before: SenderType, after: SenderType): void {
  if ((before === 'whatsapp') === (after === 'whatsapp')) return;
  throw new Problem(
    'conflict',
    'A number for texts and the same number on WhatsApp are two senders: make the other one known, and delete this one when nothing goes from it any more.',
  );
}

/**
 * 409 where a pool would have senders of both texts and WhatsApp: whoever is reached by one may not be by the other. The pool's row
 * is locked, so that two that join at once see each other.
 */
export async function requireOneChannel(
  tx: Transaction,
  pool: string | null,
  senderNumber: SenderAddress,
): Promise<void> {
  if (pool === null || !(await hasOtherKind(tx, pool, isWhatsApp(senderNumber)))) return;
  const [own, others] = isWhatsApp(senderNumber) ? ['WhatsApp', 'texts'] : ['texts', 'WhatsApp'];
  throw new Problem(
    'conflict',
    `The pool ${pool} has senders of ${others}, and this is one of ${own}: whoever is reached by one may not be by the other. Use a pool of its own.`,
  );
}

/**
 * 409 where a programme names a sender on WhatsApp that is to be deleted: what people write there would be heard by nobody. Nobody
 * changes programmes until the transaction ends.
 */
export async function requireUnnamed(tx: Transaction, senderNumber: string): Promise<void> {
  if (!isWhatsApp(senderNumber)) return;
  await lockContent(tx);
  const programmes = await programmesWithSender(tx, senderNumber);
  if (programmes.length === 0) return;
  throw new Problem(
    'conflict',
    `Programmes name it: ${programmes.join(', ')}. Take it out of them first, or archive them.`,
  );
}
