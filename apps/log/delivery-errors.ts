import { errorRuleOf } from '#shared/carriers/error-rules.ts';
import type { ErrorClass } from '#shared/carriers/errors.ts';
import { didNotArrive } from '#shared/carriers/status.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { LogRow } from './row.ts';

/**
 * What records say about why messages did not arrive. Nothing is sent again for any of it: the carrier had accepted the
 * message, and another one is the business of whoever planned it. Pure.
 */

/** A text that did not arrive because its number cannot be texted: what a call found says nothing about that. */
export interface NumberFault {
  logId: string;
  errorCode: string;
  carrier: CarrierName;
  phoneNumber: string;
  heardAt: Date;
}

/** Once per message and code, the earliest; in the order of their keys. Also of requests that the carrier refused. */
export function numberFaultsOf(rows: readonly LogRow[]): NumberFault[] {
  const faults = new Map<string, NumberFault>();
  for (const row of rows) {
    const errorCode = codeOf(row);
    const { phoneNumber } = row.content ?? row.mentioned;
    if (errorCode === null || phoneNumber === null || row.call !== null) continue;
    if (errorRuleOf(row.carrier, errorCode).class !== 'drop_number') continue;
    const key = `${row.logId} ${errorCode}`;
    const known = faults.get(key);
    if (known && known.heardAt <= row.status.at) continue;
    const { carrier, logId } = row;
    faults.set(key, { logId, errorCode, carrier, phoneNumber, heardAt: row.status.at });
  }
  return [...faults].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fault]) => fault);
}

/** How often a batch reports a code. */
export interface ErrorReport {
  carrier: CarrierName;
  code: string;
  class: ErrorClass;
  meaning: string;
  count: number;
}

/**
 * What carriers reported after they had accepted a message. Refusals are left out: the sender, who got them, has acted
 * on them and counted them.
 */
export function deliveryErrorsOf(rows: readonly LogRow[]): ErrorReport[] {
  const reports = new Map<string, ErrorReport>();
  for (const row of rows) {
    const code = codeOf(row);
    if (code === null || row.content !== null) continue;
    const key = `${row.carrier} ${code}`;
    const { class: errorClass, meaning } = errorRuleOf(row.carrier, code);
    const report = reports.get(key) ?? { carrier: row.carrier, code, class: errorClass, meaning, count: 0 };
    report.count += 1;
    reports.set(key, report);
  }
  return [...reports.values()];
}

/** The error code of a report that the message did not arrive; one on the way says nothing yet. */
const codeOf = ({ status: { errorCode, status } }: LogRow): string | null =>
  didNotArrive(status) ? errorCode : null;
