/** Until when a conversation is put off, by the clock of whoever does it: in an hour, tomorrow at nine, Monday at nine. Pure. */
export function snoozeTimes(now: Date): { name: 'hour' | 'tomorrow' | 'week'; until: Date }[] {
  const nineIn = (days: number): Date => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 9);
  // Of a Monday the next one.
  const toMonday = (8 - now.getDay()) % 7 || 7;
  return [
    { name: 'hour', until: new Date(now.getTime() + 3_600_000) },
    { name: 'tomorrow', until: nineIn(1) },
    { name: 'week', until: nineIn(toMonday) },
  ];
}
