const PAGES = {
  unknown: [
    'This link leads nowhere',
    'It may have been cut off. Open it again from the message it came in.',
  ],
  limited: ['Too many requests', 'Wait a minute, and open the link again.'],
  unavailable: ['Just a moment', 'The link cannot be opened right now. Try again in a few seconds.'],
} as const;

/** What people see who are not led on. Says nothing about anybody, and loads nothing from anywhere. */
export function pageOf(page: keyof typeof PAGES): string {
  const [title, text] = PAGES[page];
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title></head><body style="font-family:system-ui,sans-serif;margin:15vh auto;max-width:30rem;padding:0 1rem"><h1>${title}</h1><p>${text}</p></body></html>`;
}
