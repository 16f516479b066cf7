import { type ErrorRow, rulesOf } from '../error-rows.ts';
import type { ErrorRule } from '../errors.ts';
import { whatsAppOwnRows } from '../whatsapp.ts';

const MINUTE = 60_000;

/**
 * Twilio's codes of messages on WhatsApp: https://www.twilio.com/docs/api/errors, and which of WhatsApp's own errors they stand for:
 * https://www.twilio.com/docs/whatsapp/api/error-code-mapping. Who cannot be reached there can be by a text: none of these takes a number out of
 * use (`drop_number`), which would stop texts to it as well. Who does not want to be reached there (63014, 63033, 63050) is left alone
 * everywhere, as after a STOP there.
 */
const rows: readonly ErrorRow[] = [
  ['21654', 'halt', 'message', 'no template, where one is needed'],
  ['21655', 'halt', 'message', 'the account has no template of this id'],
  ['21656', 'halt', 'message', "what stands in the template's places is not taken"],
  ['21658', 'fail', 'message', 'what stands in a place of the template is too long'],
  ['21910', 'halt', 'message', 'sender and recipient are not of one channel'],
  ['63001', 'halt', 'sender', 'WhatsApp does not take the credentials of the sender'],
  ['63002', 'halt', 'sender', 'the sender number is not on WhatsApp'],
  ['63003', 'fail', 'number', 'not a number on WhatsApp'],
  ['63005', 'halt', 'message', 'WhatsApp does not take this content'],
  ['63006', 'halt', 'message', 'WhatsApp does not take this content'],
  ['63007', 'halt', 'sender', 'the sender number is not on WhatsApp'],
  ['63008', 'halt', 'sender', 'WhatsApp is not set up rightly for the sender'],
  ['63009', 'retry', 'message', 'internal error of WhatsApp', { retries: 1, delayMs: MINUTE }],
  ['63010', 'retry', 'message', 'internal error of the provider', { retries: 1, delayMs: MINUTE }],
  ['63011', 'fail', 'message', 'refused without a reason that can be read'],
  ['63012', 'retry', 'message', 'internal error of WhatsApp', { retries: 1, delayMs: MINUTE }],
  ['63013', 'halt', 'message', "against WhatsApp's policy"],
  [
    '63014',
    'suppress',
    'number',
    'the person blocked the sender on WhatsApp, or took their consent back there',
  ],
  ['63015', 'halt', 'message', 'a sandbox, which the recipient has not joined'],
  ['63016', 'fail', 'message', 'free text more than 24 hours after the person wrote: a template is needed'],
  [
    '63018',
    'throttle',
    'sender',
    'rate or messaging limit of the sender on WhatsApp',
    { delayMs: 10 * MINUTE },
  ],
  ['63019', 'fail', 'message', 'the file could not be downloaded'],
  ['63020', 'halt', 'sender', "the business has not accepted the provider's invitation"],
  ['63021', 'halt', 'message', 'content that is not valid on WhatsApp'],
  ['63022', 'halt', 'sender', "the sender's display name is not certified"],
  ['63023', 'fail', 'message', 'refused without a reason that can be read'],
  ['63024', 'fail', 'number', 'WhatsApp does not deliver to this person'],
  ['63025', 'fail', 'message', 'the file exists already'],
  ['63026', 'halt', 'sender', 'WhatsApp takes what the sender says for spam'],
  ['63027', 'halt', 'message', 'there is no such template in this language'],
  ['63028', 'halt', 'message', "the template's places and the variables do not fit together"],
  ['63029', 'fail', 'number', "the person's WhatsApp could not show the template"],
  ['63030', 'halt', 'message', 'a parameter that this kind of content does not take'],
  ['63031', 'fail', 'message', 'sender and recipient are one number'],
  ['63032', 'fail', 'number', 'WhatsApp limits marketing to this person, by an experiment'],
  ['63033', 'suppress', 'number', 'the person does not want messages of this kind, and said so on WhatsApp'],
  ['63034', 'halt', 'message', 'the file is too large'],
  ['63037', 'fail', 'message', 'the file could not be handed on'],
  ['63040', 'halt', 'message', 'WhatsApp has rejected the template'],
  ['63041', 'halt', 'message', 'WhatsApp has paused the template: too many people complained of it'],
  ['63042', 'halt', 'message', 'WhatsApp has switched the template off'],
  ['63049', 'fail', 'number', 'WhatsApp does not deliver this marketing: nobody in the US gets any there'],
  ['63050', 'suppress', 'number', 'the person does not want messages of this kind, and said so on WhatsApp'],
  ['63051', 'halt', 'sender', 'WhatsApp has locked the sender or its account'],
  [
    '63053',
    'retry',
    'message',
    'the template is too new: the provider does not know it yet',
    { retries: 1, delayMs: 10 * MINUTE },
  ],
  ['63054', 'halt', 'message', 'the template cannot be used now'],
  ['63055', 'halt', 'message', 'the way that is set up for the sender takes marketing only'],
  ['63056', 'halt', 'sender', 'an account of a kind that may not do this on WhatsApp'],
  ['63058', 'fail', 'number', 'the business may not write to people of this country on WhatsApp'],
  ['63059', 'halt', 'sender', 'the sender number belongs to another account of WhatsApp now'],
  ['63062', 'halt', 'sender', 'the terms of WhatsApp for marketing are not accepted'],
  ['63109', 'halt', 'sender', 'the sender number belongs to another account of WhatsApp now'],
  ['63112', 'halt', 'sender', 'WhatsApp has locked the sender or its account'],
  [
    '63119',
    'throttle',
    'sender',
    'rate or messaging limit of the sender on WhatsApp',
    { delayMs: 10 * MINUTE },
  ],
  ['63120', 'halt', 'sender', 'WhatsApp has locked the sender or its account'],
  ['92007', 'halt', 'message', "what stands in the template's places is not taken"],
];

export const twilioWhatsAppErrorRules: readonly ErrorRule[] = rows.flatMap((row) =>
  rulesOf([row], `https://www.twilio.com/docs/api/errors/${row[0]}`),
);

/** Of what is never asked of Twilio. */
export const twilioOwnErrorRules: readonly ErrorRule[] = rulesOf(
  whatsAppOwnRows,
  'https://support.twilio.com/hc/en-us/articles/360017961894',
);
