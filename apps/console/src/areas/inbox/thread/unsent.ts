/** What somebody has written in a conversation and not sent, for as long as the page is there: they may look elsewhere meanwhile. */
const unsent = new Map<string, string>();

export const unsentIn = (id: string): string => unsent.get(id) ?? '';

export function keepUnsent(id: string, text: string): void {
  if (text === '') unsent.delete(id);
  else unsent.set(id, text);
}
