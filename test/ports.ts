/**
 * Ports that tests choose before the process starts that takes them. A stack never chooses one of these for its own
 * processes, of which it takes some thirty in a row: another stack, started in between, would have it first.
 */
export const TEST_PORTS = { first: 12_000, last: 19_999 } as const;
