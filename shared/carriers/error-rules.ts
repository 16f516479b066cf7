import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { awsErrorRules } from './aws/error-table.ts';
import { type ErrorRule, errorTable } from './errors.ts';
import { twilioErrorRules } from './twilio/error-table.ts';
import { twilioVoiceErrorRules } from './twilio/voice-error-table.ts';
import { twilioOwnErrorRules, twilioWhatsAppErrorRules } from './twilio/whatsapp-error-table.ts';
import { vonageErrorRules } from './vonage/error-table.ts';

/** By carrier. */
const tables: Readonly<Record<CarrierName, (code: string) => ErrorRule>> = {
  twilio: errorTable([
    ...twilioErrorRules,
    ...twilioVoiceErrorRules,
    ...twilioWhatsAppErrorRules,
    ...twilioOwnErrorRules,
  ]),
  vonage: errorTable(vonageErrorRules),
  aws: errorTable(awsErrorRules),
};

/** What a code means, in plain words, at whichever carrier knows it; null: none does. For people who read counts. */
export function meaningOfCode(code: string): string | null {
  for (const ruleOf of Object.values(tables)) {
    const rule = ruleOf(code);
    if (rule.class !== 'unknown') return rule.meaning;
  }
  return null;
}

/** The rule of a carrier's error code, for whoever reads what carriers said and speaks to none. Total and pure. */
export const errorRuleOf = (carrier: CarrierName, code: string): ErrorRule => tables[carrier](code);
