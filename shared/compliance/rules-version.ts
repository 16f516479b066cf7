/**
 * Names the law as this version reads it: states, holidays, area codes, rules and their order, words. Kept with every decision. A
 * test fails when any of that changes and this does not.
 */
export const rulesVersion = '2026-11-28.4';
