const PLACE = /\{\{\s*(\d+)\s*\}\}/g;

/** Numbered places of the approved words of a template of WhatsApp ("Hello {{1}}"), each once, in their order. */
export const placesOf = (words: string): string[] => [
  ...new Set([...words.matchAll(PLACE)].map(([, place]) => place ?? '')),
];

/** The words with something in each of their places, which is not looked through for places itself. */
export const withPlaces = (words: string, valueAt: (place: string) => string): string =>
  words.replace(PLACE, (_, place: string) => valueAt(place));
