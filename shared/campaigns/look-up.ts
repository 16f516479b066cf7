/**
 * Of a row of `campaign_contact`: its number is one, which the index by numbers covers. Of people who were erased something
 * else stands there.
 */
export const IS_NUMBER = "phone_number LIKE '+%'";

/**
 * Joins rows of an audience to `became`, a set that names them by `contact_id`, of the campaign `$1`: each is looked up by
 * its key, and then updated where `each.ctid = found.ctid`. Of a campaign that is new, statistics know nothing. PostgreSQL
 * takes it for small then, and a plain join on the key reads the whole audience for every batch: a campaign would cost as
 * the square of its size. What LIMIT is in cannot be joined otherwise than one by one. The rows must have been locked by
 * an earlier statement of the transaction: one that somebody else changes meanwhile would not be found.
 */
export const LOOKED_UP = `CROSS JOIN LATERAL (
  SELECT ctid FROM campaign_contact WHERE campaign_id = $1 AND contact_id = became.contact_id LIMIT 1) AS found`;

/** The same of steps that people came to (`campaign_step`): those that `stands` names by `contact_id` and `step`. */
export const ENTERED = `CROSS JOIN LATERAL (
  SELECT ctid, contact_id, via FROM campaign_step
   WHERE campaign_id = $1 AND contact_id = stands.contact_id AND step = stands.step LIMIT 1) AS entered`;

/** The same of calls that are paid for (`campaign_call`), of any campaign: those that `told` names by `message_id`. */
export const PAID_CALL = `CROSS JOIN LATERAL (
  SELECT ctid, campaign_id, variant, micros FROM campaign_call WHERE message_id = told.message_id LIMIT 1) AS known`;
