import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { awsErrorRules } from './aws/error-table.ts';
import { type ErrorRule, errorTable } from './errors.ts';
import { twilioErrorRules } from './twilio/error-table.ts';
import { twilioVoiceErrorRules } from './twilio/voice-error-table.ts';
import { twilioOwnErrorRules, twilioWhatsAppErrorRules } from './twilio/whatsapp-error-table.ts';
import { vonageErrorRules } from './vonage/error-table.ts';

/** By carrier. */
const rules: Readonly<Record<CarrierName, readonly ErrorRule[]>> = {
  twilio: [
    ...twilioErrorRules,
    ...twilioVoiceErrorRules,
    ...twilioWhatsAppErrorRules,
    ...twilioOwnErrorRules,
  ],
  vonage: vonageErrorRules,
  aws: awsErrorRules,
};
const tables: Readonly<Record<CarrierName, (code: string) => ErrorRule>> = {
  twilio: errorTable(rules.twilio),
  vonage: errorTable(rules.vonage),
  aws: errorTable(rules.aws),
};

/** Codes by which carriers say that the person opted out there, of any carrier. */
export const optOutCodes: readonly string[] = Object.values(rules)
  .flat()
  .filter((rule) => rule.class === 'suppress')
  .map(({ code }) => code);

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
