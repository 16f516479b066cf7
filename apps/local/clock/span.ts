/** "2 d 3 h 4 min", or seconds where it is less than a minute. */
export function spanText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes === 0) return `${Math.round(ms / 1_000)} s`;
  const parts: [number, string][] = [
    [Math.floor(minutes / 1_440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ];
  return parts.flatMap(([count, unit]) => (count > 0 ? [`${count} ${unit}`] : [])).join(' ');
}

/** "It is now 2026-11-27T15:00:00.311Z (Nov 27, 09:00 in America/Chicago), 23 h 36 min ahead of this machine." */
export function arrivedText(
  { now, offsetMs }: { now: string; offsetMs: number },
  zone: string | null,
): string {
  const there = zone === null ? '' : ` (${localText(now, zone)} in ${zone})`;
  return `It is now ${now}${there}, ${spanText(offsetMs)} ahead of this machine.`;
}

const localText = (now: string, timeZone: string): string =>
  new Intl.DateTimeFormat('en-US', {
    timeZone,
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(now));
