import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { type ErrorRule, errorTable } from './errors.ts';
import { twilioErrorRules } from './twilio/error-table.ts';

/** By carrier. One without a table: all of its codes are unknown. */
const tables: Readonly<Record<CarrierName, (code: string) => ErrorRule>> = {
  twilio: errorTable(twilioErrorRules),
  vonage: errorTable([]),
  aws: errorTable([]),
};

/** The rule of a carrier's error code, for whoever reads what carriers said and speaks to none. Total and pure. */
export const errorRuleOf = (carrier: CarrierName, code: string): ErrorRule => tables[carrier](code);
